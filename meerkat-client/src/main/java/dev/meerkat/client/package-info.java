/** Clients of remote Meerkat servers: the same {@code Meerkat} and {@code Session}, over the wire. */
@NullMarked
package dev.meerkat.client;

import org.jspecify.annotations.NullMarked;
