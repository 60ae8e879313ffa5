/** The operations of one server, whatever the surface. */
@NullMarked
package dev.meerkat.client.internal.calls;

import org.jspecify.annotations.NullMarked;
