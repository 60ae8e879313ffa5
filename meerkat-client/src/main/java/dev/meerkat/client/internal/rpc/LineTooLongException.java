package dev.meerkat.client.internal.rpc;

import java.io.IOException;

/** A line that is longer than the client takes. */
final class LineTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    LineTooLongException(int maxBytes) {
        super("a line is longer than " + maxBytes + " bytes");
    }
}
