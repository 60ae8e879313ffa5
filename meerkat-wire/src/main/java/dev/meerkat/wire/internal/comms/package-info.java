/** The forms of comms on the wire: each writes and reads one thing. */
@NullMarked
package dev.meerkat.wire.internal.comms;

import org.jspecify.annotations.NullMarked;
