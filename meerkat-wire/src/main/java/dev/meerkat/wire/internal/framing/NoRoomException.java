package dev.meerkat.wire.internal.framing;

import java.io.IOException;

/** A line for which there is no room, because too much else is being received. */
public final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    NoRoomException() {
        super("too much is being received at once");
    }
}
