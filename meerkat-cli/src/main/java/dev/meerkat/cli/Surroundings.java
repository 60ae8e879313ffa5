package dev.meerkat.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a command meets outside of itself.
 *
 * @param in standard input
 * @param wire standard output, unbuffered, for bytes
 * @param out standard output, for text
 * @param err standard error
 * @param terminal whether a person watches
 * @param variables the environment
 * @param names makes up unique names
 * @param programs the programs that agents run
 */
record Surroundings(
        InputStream in,
        OutputStream wire,
        Terminal out,
        Terminal err,
        boolean terminal,
        Map<String, String> variables,
        Supplier<String> names,
        Programs programs) {

    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }

    /** Tells a person who watches that something takes its time. */
    void progress(String text) {
        if (terminal) {
            err.println(text);
        }
    }
}
