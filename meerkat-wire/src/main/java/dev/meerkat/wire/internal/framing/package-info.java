/** Messages over streams: one JSON value a line, bounded. */
@NullMarked
package dev.meerkat.wire.internal.framing;

import org.jspecify.annotations.NullMarked;
