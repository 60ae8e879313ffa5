/** What is written on the wire and read from it, by contract line. */
@NullMarked
package dev.meerkat.client.internal.wire;

import org.jspecify.annotations.NullMarked;
