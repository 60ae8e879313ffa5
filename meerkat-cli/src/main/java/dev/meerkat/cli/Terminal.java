package dev.meerkat.cli;

import dev.meerkat.api.internal.Printable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Standard output and standard error, as text. Everything that a command prints, and every log line, passes through
 * here, because it may have been written by others: characters that are not plain are escaped, and the lines of a text
 * after its first one are indented. So nothing printed can move the cursor or look like another entry. Thread-safe.
 */
final class Terminal extends PrintStream {
    /** As the JVM says it. */
    private static final String CLOSED_BY_READER = "Broken pipe";

    private static final String TAB = "    ";
    private static final String NEXT_LINE = "\n  ";

    private final Sink sink;

    Terminal(OutputStream out) {
        this(new Sink(out));
    }

    /** With a charset of its own, since a process without a locale could write only ASCII. */
    private Terminal(Sink sink) {
        super(sink, true, StandardCharsets.UTF_8);
        this.sink = sink;
    }

    /** Remembers why something could not be written, which a {@link PrintStream} does not tell. */
    private static final class Sink extends FilterOutputStream {
        private volatile @Nullable IOException failure;

        Sink(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            try {
                out.write(bytes, from, count);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }

    /** Why some of the text was not written; empty if all was, or if the reader has closed its end and wants no more. */
    Optional<String> lost() {
        flush();
        return Optional.ofNullable(sink.failure)
                .map(failure -> String.valueOf(failure.getMessage()))
                .filter(reason -> !reason.equals(CLOSED_BY_READER));
    }

    @Override
    public void print(@Nullable String text) {
        super.print(plain(String.valueOf(text)));
    }

    @Override
    public void print(@Nullable Object value) {
        print(String.valueOf(value));
    }

    @Override
    public void print(char[] text) {
        print(String.valueOf(text));
    }

    @Override
    public void print(char character) {
        print(String.valueOf(character));
    }

    private static String plain(String text) {
        if (Printable.isPlain(text)) {
            return text;
        }
        return text.replace("\t", TAB).lines().map(Printable::line).collect(Collectors.joining(NEXT_LINE));
    }
}
