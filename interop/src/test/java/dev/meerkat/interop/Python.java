package dev.meerkat.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;

/** Virtual environments with packages of the public registry, made by the build and kept below target. */
final class Python {
    private static final Path HOME = Path.of("target", "python");

    private Python() {}

    /** The interpreter of an environment that has the package. */
    static String with(String requirement) throws IOException, InterruptedException {
        Command.need("python3");
        Path home = HOME.resolve(requirement.replaceAll("[^A-Za-z0-9.]+", "-")).toAbsolutePath();
        Path python = home.resolve("bin").resolve("python");
        Path done = home.resolve("installed");
        if (!Files.exists(done)) {
            Command.run(Map.of(), "python3", "-m", "venv", "--clear", home.toString());
            Command.run(
                    Map.of("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
                    python.toString(),
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    requirement);
            Files.createFile(done);
        }
        return python.toString();
    }

    /** A program of this module's resources, as a file. */
    static Path program(String name, Path directory) throws IOException {
        Path file = directory.resolve(name);
        try (InputStream text = Objects.requireNonNull(Python.class.getResourceAsStream("/clients/" + name))) {
            Files.copy(text, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }
}
