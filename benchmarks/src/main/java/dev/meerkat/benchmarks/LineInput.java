package dev.meerkat.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Cuts what a connection brings into lines, with as little work as can be. Not thread-safe. */
final class LineInput {
    private final InputStream input;
    private byte[] buffer = new byte[8 << 10];
    private int start;
    private int end;

    LineInput(InputStream input) {
        this.input = input;
    }

    /**
     * A line without its end.
     *
     * @throws EOFException at the end of the connection
     */
    String next() throws IOException {
        int at = start;
        while (true) {
            for (; at < end; at++) {
                if (buffer[at] == '\n') {
                    String line = new String(buffer, start, at - start, StandardCharsets.ISO_8859_1);
                    start = at + 1;
                    return line;
                }
            }
            at -= start;
            read();
        }
    }

    /**
     * As many bytes as a length says.
     *
     * @throws EOFException at the end of the connection
     */
    String next(int length) throws IOException {
        while (end - start < length) {
            read();
        }
        String text = new String(buffer, start, length, StandardCharsets.ISO_8859_1);
        start += length;
        return text;
    }

    /** Reads on, with what is begun at the start of the buffer. */
    private void read() throws IOException {
        System.arraycopy(buffer, start, buffer, 0, end - start);
        end -= start;
        start = 0;
        if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * end);
        }
        int count = input.read(buffer, end, buffer.length - end);
        if (count < 0) {
            throw new EOFException();
        }
        end += count;
    }
}
