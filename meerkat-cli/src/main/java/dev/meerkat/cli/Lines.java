package dev.meerkat.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads lines of a bounded length. Not thread-safe. */
final class Lines {
    private final InputStream in;
    private final int mostBytes;
    private long number;
    private boolean cut;

    Lines(InputStream in, int mostBytes) {
        this.in = in;
        this.mostBytes = mostBytes;
    }

    /** The next line without its end; empty after the last one. What is over the bound is passed over. */
    Optional<String> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        cut = false;
        int read = in.read();
        if (read < 0) {
            return Optional.empty();
        }
        number++;
        for (; read >= 0 && read != '\n'; read = in.read()) {
            if (line.size() < mostBytes) {
                line.write(read);
            } else {
                cut = true;
            }
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }

    /** Whether the last line was longer than what was given. */
    boolean isCut() {
        return cut;
    }

    /** Of the last line, 1 for the first. */
    long number() {
        return number;
    }
}
