package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The program of an exec agent.
 *
 * @param words the program and its arguments
 */
record ExecCommand(List<String> words) {
    /** Without anything that means something to a shell, a command is run without one. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:,+@^ \\t-]+");

    static ExecCommand parse(String text) {
        if (text.isBlank()) {
            throw new InvalidFieldException("--agent", "exec:" + text, "must have a command behind exec:");
        }
        return new ExecCommand(
                PLAIN.matcher(text).matches()
                        ? List.of(text.strip().split("[ \\t]+"))
                        : List.of("/bin/sh", "-c", text));
    }
}
