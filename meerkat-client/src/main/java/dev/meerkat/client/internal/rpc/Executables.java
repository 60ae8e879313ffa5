package dev.meerkat.client.internal.rpc;

import dev.meerkat.client.ServerUnreachableException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the server's program. */
final class Executables {
    /** Names the program, or its file if there is a separator in it. */
    static final String VARIABLE = "MEERKAT_BIN_PATH";
    /** The program if nothing names another. */
    static final String DEFAULT = "rkat-rpc";

    private static final List<String> SUFFIXES = List.of("", ".exe");

    private Executables() {}

    /**
     * The program to start: the one given, else that of the environment, else the default.
     *
     * @throws ServerUnreachableException if it is not there; the message names what was looked for
     */
    static Path find(@Nullable Path given, Map<String, String> environment) {
        if (given != null) {
            return file(given.toString(), "executable");
        }
        String named = environment.getOrDefault(VARIABLE, "");
        if (named.isBlank()) {
            return onPath(DEFAULT, "set " + VARIABLE + " or name the executable", environment);
        }
        return named.contains("/") || named.contains(File.separator)
                ? file(named, VARIABLE)
                : onPath(named, VARIABLE + " names it", environment);
    }

    private static Path file(String name, String from) {
        return program(name).orElseThrow(() -> new ServerUnreachableException(from + " is no program: " + name, null));
    }

    private static Path onPath(String name, String hint, Map<String, String> environment) {
        String path = environment.getOrDefault("PATH", "");
        for (String directory : path.split(File.pathSeparator, -1)) {
            for (String suffix : SUFFIXES) {
                Optional<Path> found =
                        directory.isEmpty() ? Optional.empty() : program(directory + File.separator + name + suffix);
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        throw new ServerUnreachableException("no program " + name + " on the path (" + hint + "): " + path, null);
    }

    private static Optional<Path> program(String name) {
        try {
            return Optional.of(Path.of(name)).filter(file -> Files.isRegularFile(file) && Files.isExecutable(file));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
