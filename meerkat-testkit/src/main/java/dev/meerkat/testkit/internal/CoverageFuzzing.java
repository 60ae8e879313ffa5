package dev.meerkat.testkit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs Jazzer in a process of its own, which changes bytes so that they reach code that no bytes have reached before. The number of
 * inputs is {@code -Dmeerkat.jazzer.runs}.
 */
public final class CoverageFuzzing {
    private static final int RUNS = Integer.getInteger("meerkat.jazzer.runs", 3_000);
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in \\d+ second");
    private static final int LINES_TOLD = 60;
    /** For the start, which instruments every class; and so many inputs take a second at least. */
    private static final long START_SECONDS = 300;

    private static final int SLOWEST = 20;

    private CoverageFuzzing() {}

    /**
     * Runs a target, and tells how many inputs it has had.
     *
     * @param target has {@code public static void fuzzerTestOneInput(byte[])}, which throws if it finds something
     * @param seeds inputs to begin with
     * @param directory an empty directory; an input that was found is kept in the directory {@code target/jazzer}
     * @throws IOException if the process cannot be started
     * @throws InterruptedException if interrupted; the process is ended then
     */
    public static void run(Class<?> target, List<byte[]> seeds, Path directory)
            throws IOException, InterruptedException {
        Path corpus = Files.createDirectory(directory.resolve("corpus"));
        for (int i = 0; i < seeds.size(); i++) {
            Path unused = Files.write(corpus.resolve("seed-" + i), seeds.get(i));
        }
        Path found = Files.createDirectories(Path.of("target", "jazzer").toAbsolutePath());
        Path output = directory.resolve("output");
        Process child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:+EnableDynamicAgentLoading",
                        "-Xmx512m",
                        "-cp",
                        classPath(),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=dev.meerkat.**",
                        "--custom_hook_includes=dev.meerkat.**",
                        "--reproducer_path=" + found,
                        "-artifact_prefix=" + found + "/",
                        "-runs=" + RUNS,
                        "-max_len=2048",
                        // The first input loads and instruments all that the target needs, which takes long on a busy
                        // machine.
                        "-timeout=120",
                        "-rss_limit_mb=0",
                        corpus.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(child.waitFor(START_SECONDS + RUNS / SLOWEST, TimeUnit.SECONDS))
                    .as("Jazzer ends in time")
                    .isTrue();
        } finally {
            child.destroyForcibly();
        }
        report(target, output, child.exitValue(), found, seeds.size());
    }

    private static void report(Class<?> target, Path output, int exit, Path found, int seeds) throws IOException {
        Deque<String> last = new ArrayDeque<>();
        long runs = 0;
        try (BufferedReader lines = Files.newBufferedReader(output, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher done = DONE.matcher(line);
                runs = done.find() ? Long.parseLong(done.group(1)) : runs;
                last.add(line);
                if (last.size() > LINES_TOLD) {
                    last.remove();
                }
            }
        }
        System.out.println(target.getSimpleName() + ": " + runs + " inputs by Jazzer, exit status " + exit);
        assertThat(exit)
                .as("an input that was found is in %s%n%s", found, String.join("\n", last))
                .isZero();
        assertThat(runs).as(String.join("\n", last)).isGreaterThan(seeds);
    }

    /** All that this test runs on, whether it came by class path or by module path. */
    private static String classPath() {
        return String.join(
                File.pathSeparator,
                Path.of("target", "classes").toAbsolutePath().toString(),
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                System.getProperty("java.class.path"),
                System.getProperty("jdk.module.path", ""));
    }
}
