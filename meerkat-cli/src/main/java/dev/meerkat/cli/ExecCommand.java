package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The program of an exec agent.
 *
 * @param words the program and its arguments
 * @param program the file of the program, if it is known: what a shell is given may begin with anything
 */
record ExecCommand(List<String> words, Optional<Path> program) {
    /** Without anything that means something to a shell, a command is run without one. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:,+@^ \\t-]+");

    /** A first word that names a file, and is no word of the shell's. */
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_.+@-]*/[A-Za-z0-9_./+@-]+");

    private static final Pattern BLANKS = Pattern.compile("[ \\t]+");

    /**
     * Reads a command.
     *
     * @param searchPath where programs are found that are named without a directory, as in {@code PATH}
     * @throws InvalidFieldException if its program is not there or cannot be run
     */
    static ExecCommand parse(String text, String searchPath) {
        if (text.isBlank()) {
            throw new InvalidFieldException("--agent", "exec:" + text, "must have a command behind exec:");
        }
        List<String> words = List.of(BLANKS.split(text.strip()));
        String first = words.get(0);
        if (PLAIN.matcher(text).matches()) {
            return new ExecCommand(words, Optional.of(found(first, searchPath)));
        }
        Optional<Path> program =
                FILE.matcher(first).matches() ? Optional.of(found(first, searchPath)) : Optional.empty();
        return new ExecCommand(List.of("/bin/sh", "-c", text), program);
    }

    private static Path found(String name, String searchPath) {
        Path file = name.contains("/") || name.contains(File.separator)
                ? Path.of(name)
                : Stream.of(searchPath.split(File.pathSeparator))
                        .flatMap(directory -> in(directory, name))
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow(() -> new InvalidFieldException(
                                "--agent", "exec:" + name, "names a program that no directory of PATH has"));
        problem(file).ifPresent(problem -> {
            throw new InvalidFieldException("--agent", "exec:" + name, "names a program that " + problem);
        });
        return file;
    }

    private static Stream<Path> in(String directory, String name) {
        try {
            Path file = Path.of(directory, name);
            // Windows runs agent.exe for the name agent.
            return Stream.of(file, Path.of(directory, name + ".exe")).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Stream.empty();
        }
    }

    /** Why the program cannot be run, if it cannot. */
    Optional<String> problem() {
        return program.flatMap(ExecCommand::problem);
    }

    private static Optional<String> problem(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.of(Files.exists(file) ? "is no file" : "does not exist");
        }
        return Files.isExecutable(file) ? Optional.empty() : Optional.of("is not executable");
    }
}
