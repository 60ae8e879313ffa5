package dev.meerkat.cli;

import dev.meerkat.wire.internal.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads lines of UTF-8 of a bounded length. Not thread-safe. */
final class LineInput {
    private final InputStream in;
    private final int mostBytes;
    private long number;
    private Optional<String> problem = Optional.empty();

    LineInput(InputStream in, int mostBytes) {
        this.in = in;
        this.mostBytes = mostBytes;
    }

    /**
     * The next line without its end and without a byte order mark; empty after the last one. What is over the bound is
     * passed over.
     */
    Optional<String> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        problem = Optional.empty();
        int read = in.read();
        if (read < 0) {
            return Optional.empty();
        }
        number++;
        for (; read >= 0 && read != '\n'; read = in.read()) {
            if (line.size() < mostBytes) {
                line.write(read);
            } else {
                problem = Optional.of("is over the limit of " + mostBytes + " bytes");
            }
        }
        String text = text(line.toByteArray());
        return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }

    private String text(byte[] line) {
        try {
            return Utf8.text(line);
        } catch (CharacterCodingException e) {
            problem = problem.or(() -> Optional.of("is not UTF-8"));
            return new String(line, StandardCharsets.UTF_8);
        }
    }

    /** Why the last line is not what was given. */
    Optional<String> problem() {
        return problem;
    }

    /** Of the last line, 1 for the first. */
    long number() {
        return number;
    }
}
