package dev.meerkat.cli;

import dev.meerkat.api.internal.Printable;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Standard output and standard error, as text. Everything that a command prints, and every log line, passes through
 * here, because it may have been written by others: characters that are not plain are escaped, and the lines of a text
 * after its first one are indented. So nothing printed can move the cursor or look like another entry. Thread-safe.
 */
final class Terminal extends PrintStream {
    private static final String TAB = "    ";
    private static final String NEXT_LINE = "\n  ";

    /** With a charset of its own, since a process without a locale could write only ASCII. */
    Terminal(OutputStream out) {
        super(out, true, StandardCharsets.UTF_8);
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
