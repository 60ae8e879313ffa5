package dev.meerkat.server.recorded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A difference that may be, and then must be.
 *
 * @param recordings where it is
 * @param difference what it is
 * @param text the line that permits it
 */
record Permitted(Predicate<String> recordings, Predicate<String> difference, String text) {
    /** Those of the file {@code permitted.txt}, which says how it is written. */
    static List<Permitted> all() {
        try (InputStream in = Objects.requireNonNull(Permitted.class.getResourceAsStream("permitted.txt"))) {
            List<Permitted> all = new ArrayList<>();
            boolean reasoned = false;
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (line.startsWith("#")) {
                    reasoned = true;
                } else if (line.isBlank()) {
                    reasoned = false;
                } else if (reasoned) {
                    all.add(of(line));
                } else {
                    throw new IllegalStateException("no reason is given for " + line);
                }
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Permitted of(String line) {
        int bar = line.indexOf('|');
        List<Predicate<String>> recordings = Arrays.stream(
                        line.substring(0, bar).strip().split(" +"))
                .map(Permitted::glob)
                .toList();
        return new Permitted(
                name -> recordings.stream().anyMatch(glob -> glob.test(name)),
                glob(line.substring(bar + 1).strip()),
                line);
    }

    /** A text in which a star is any text. */
    private static Predicate<String> glob(String text) {
        return Pattern.compile(
                        Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")))
                .asMatchPredicate();
    }
}
