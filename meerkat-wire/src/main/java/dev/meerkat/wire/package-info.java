/** The lines of the wire contract. */
@NullMarked
package dev.meerkat.wire;

import org.jspecify.annotations.NullMarked;
