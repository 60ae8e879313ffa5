/** Carries out the calls of the wire on a Meerkat. */
@NullMarked
package dev.meerkat.server.internal.methods;

import org.jspecify.annotations.NullMarked;
