package dev.meerkat.wire.internal.framing;

import java.io.IOException;

/** A line that is longer than it may be. */
public final class LineTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    LineTooLongException(int maxBytes) {
        super("a line is longer than " + maxBytes + " bytes");
    }
}
