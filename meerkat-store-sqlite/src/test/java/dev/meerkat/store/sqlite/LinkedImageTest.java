package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that embeds a runtime, with a Java of its own that has nothing but the modules which it asks for. */
class LinkedImageTest {
    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
    private static final int EC_IN_BASE = 22;
    private static final int LINKS_WITHOUT_JMODS = 24;

    @TempDir
    Path directory;

    private Path classes = Path.of("");
    private String modules = "";

    @BeforeEach
    void compile() throws Exception {
        Path sources = Files.createDirectories(directory.resolve("src"));
        Files.writeString(sources.resolve("module-info.java"), """
                module embedding {
                    requires dev.meerkat.store.sqlite;
                }
                """);
        Path program = Files.writeString(
                Files.createDirectory(sources.resolve("embedding")).resolve("Main.java"), """
                package embedding;

                import dev.meerkat.api.Meerkat;
                import dev.meerkat.api.Session;
                import dev.meerkat.api.SessionSpec;
                import dev.meerkat.api.TurnOutcome;
                import dev.meerkat.core.MeerkatRuntime;
                import dev.meerkat.store.sqlite.SqliteStore;
                import java.nio.file.Path;
                import java.time.Duration;

                public final class Main {
                    public static void main(String[] args) throws Exception {
                        try (SqliteStore store = SqliteStore.open(Path.of(args[0]));
                                Meerkat meerkat = MeerkatRuntime.of(turn -> "answered").store(store).open()) {
                            Session session = meerkat.create(SessionSpec.ofPrompt("Go.").withCommsName("agent"));
                            TurnOutcome outcome = session.startTurn("And?").await(Duration.ofSeconds(30)).orElseThrow();
                            System.out.println(((TurnOutcome.Completed) outcome).text());
                            System.out.println("peer " + session.snapshot().peerId().orElseThrow());
                        }
                    }
                }
                """);
        modules = Stream.of(
                        "com.fasterxml.jackson.annotation",
                        "com.fasterxml.jackson.core",
                        "com.fasterxml.jackson.databind",
                        "dev.meerkat.api",
                        "dev.meerkat.core",
                        "dev.meerkat.wire",
                        "dev.meerkat.store.sqlite",
                        "org.jspecify",
                        "org.slf4j",
                        "org.xerial.sqlitejdbc")
                .map(LinkedImageTest::location)
                .collect(Collectors.joining(File.pathSeparator));
        classes = directory.resolve("classes");
        run(
                tool("javac"),
                "-d",
                classes.toString(),
                "-p",
                modules,
                sources.resolve("module-info.java").toString(),
                program.toString());
    }

    private static String location(String module) {
        return Path.of(ModuleLayer.boot()
                        .configuration()
                        .findModule(module)
                        .orElseThrow(() -> new AssertionError(module))
                        .reference()
                        .location()
                        .orElseThrow())
                .toString();
    }

    private static String tool(String name) {
        return JAVA_HOME.resolve("bin").resolve(name).toString();
    }

    /** What it printed, without the notice that there is no log. */
    private String run(String... command) throws IOException, InterruptedException {
        Path out = directory.resolve("out.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(out);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    @Test
    void anImageWithNothingButItsModulesHasWhatNamedSessionsNeed() throws Exception {
        assumeThat(Path.of(tool("jlink"))).as("this Java has jlink").exists();
        assumeThat(Files.isDirectory(JAVA_HOME.resolve("jmods"))
                        || Runtime.version().feature() >= LINKS_WITHOUT_JMODS)
                .as("this Java has what images are made of")
                .isTrue();
        Path image = directory.resolve("image");
        run(
                tool("jlink"),
                "-p",
                classes + File.pathSeparator + modules,
                "--add-modules",
                "embedding",
                "--output",
                image.toString());

        String java = image.resolve("bin/java").toString();
        String store = directory.resolve("s.db").toString();
        assertThat(run(java, "-m", "embedding/embedding.Main", store)).contains("answered", "peer ");
        assertThat(run(java, "--list-modules")).contains("jdk.crypto.ec").doesNotContain("jdk.compiler");
    }

    @Test
    void aJavaWithoutEllipticCurvesSaysWhichModuleIsMissing() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                tool("java"),
                "--limit-modules",
                "java.sql",
                "-cp",
                classes + File.pathSeparator + modules,
                "embedding.Main",
                directory.resolve("s.db").toString()));
        if (Runtime.version().feature() >= EC_IN_BASE) {
            assertThat(run(command.toArray(String[]::new))).contains("answered", "peer ");
        } else {
            command.addAll(0, List.of("/bin/sh", "-c", "\"$@\" || true", "sh"));
            assertThat(run(command.toArray(String[]::new))).contains("no Ed25519", "jdk.crypto.ec");
        }
    }
}
