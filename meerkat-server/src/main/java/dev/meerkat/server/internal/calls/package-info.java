/** What all surfaces have in common: the calls of the wire, carried out on a Meerkat. */
@NullMarked
package dev.meerkat.server.internal.calls;

import org.jspecify.annotations.NullMarked;
