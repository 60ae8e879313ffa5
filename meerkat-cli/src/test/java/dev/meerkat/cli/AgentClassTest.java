package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent in a jar of one's own. */
class AgentClassTest {
    @TempDir
    Path directory;

    private Path jar;

    @BeforeEach
    void pack() throws IOException {
        Path sources = Files.createDirectories(directory.resolve("src"));
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Files.writeString(sources.resolve("Shout.java"), """
                package own;

                public final class Shout implements dev.meerkat.core.agent.Agent {
                    @Override
                    public String answer(dev.meerkat.core.agent.TurnContext turn) {
                        return Words.up("seen " + turn.inputs().size());
                    }
                }
                """);
        Files.writeString(sources.resolve("Closing.java"), """
                package own;

                public final class Closing implements dev.meerkat.core.agent.Agent, AutoCloseable {
                    @Override
                    public String answer(dev.meerkat.core.agent.TurnContext turn) {
                        return "open";
                    }

                    @Override
                    public void close() throws java.io.IOException {
                        java.nio.file.Files.writeString(
                                java.nio.file.Path.of("CLOSED"),
                                Thread.currentThread().getContextClassLoader() == getClass().getClassLoader() ? "mine" : "");
                        throw new java.io.IOException("told, and no reason to fail");
                    }
                }
                """.replace(
                        "CLOSED", directory.resolve("closed").toString()));
        Files.writeString(sources.resolve("Words.java"), """
                package own;

                public final class Words {
                    private Words() {}

                    static String up(String text) {
                        return text.toUpperCase(java.util.Locale.ROOT);
                    }
                }
                """);
        Files.writeString(sources.resolve("Broken.java"), """
                package own;

                public class Broken implements dev.meerkat.core.agent.Agent {
                    public Broken() {
                        throw new IllegalStateException("no luck");
                    }

                    @Override
                    public String answer(dev.meerkat.core.agent.TurnContext turn) {
                        return "";
                    }
                }
                """);
        Files.writeString(sources.resolve("Static.java"), """
                package own;

                public final class Static extends Broken {
                    private static final int NUMBER = Integer.parseInt("none");
                }
                """);
        Files.writeString(sources.resolve("Plugged.java"), """
                package own;

                public final class Plugged implements dev.meerkat.core.agent.Agent {
                    private final String atStart = found();

                    private static String found() {
                        return java.util.ServiceLoader.load(CharSequence.class).findFirst().orElse("none").toString();
                    }

                    @Override
                    public String answer(dev.meerkat.core.agent.TurnContext turn) {
                        return atStart + ", " + found();
                    }
                }
                """);
        Files.writeString(sources.resolve("Plug.java"), """
                package own;

                public final class Plug implements CharSequence {
                    @Override
                    public int length() {
                        return 0;
                    }

                    @Override
                    public char charAt(int index) {
                        return ' ';
                    }

                    @Override
                    public CharSequence subSequence(int start, int end) {
                        return this;
                    }

                    @Override
                    public String toString() {
                        return "plugged in";
                    }
                }
                """);
        List<String> arguments =
                new ArrayList<>(List.of("-proc:none", "-d", classes.toString(), "-cp", Child.classPath()));
        try (Stream<Path> files = Files.list(sources)) {
            files.map(Path::toString).forEach(arguments::add);
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        jar = directory.resolve("own.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.list(classes.resolve("own"))) {
            for (Path file : files.toList()) {
                out.putNextEntry(new JarEntry("own/" + file.getFileName()));
                out.write(Files.readAllBytes(file));
            }
            out.putNextEntry(new JarEntry("META-INF/services/java.lang.CharSequence"));
            out.write("own.Plug".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Cmd.Result run(String agentClass, String path) {
        return Cmd.run("run", "--agent-class", agentClass, "--agent-path", path, "Hello.");
    }

    @Test
    void aClassOfAJarAnswers() {
        assertThat(run("own.Shout", jar.toString()).ok().lines()).containsExactly("SEEN 1");
        assertThat(run("own.Shout", directory + "/*").ok().lines()).containsExactly("SEEN 1");
        assertThat(run("own.Shout", directory.resolve("classes").toString())
                        .ok()
                        .lines())
                .containsExactly("SEEN 1");
    }

    @Test
    void itsLibrariesFindTheirPlugIns() {
        assertThat(run("own.Plugged", jar.toString()).ok().lines()).containsExactly("plugged in, plugged in");
    }

    @Test
    void aProcessOfItsOwnLoadsItToo() throws Exception {
        try (Child child =
                Child.start(directory, "run", "--agent-class", "own.Shout", "--agent-path", jar.toString(), "Hello.")) {
            child.await("SEEN 1"::equals);
            assertThat(child.exitCode()).isZero();
        }
    }

    @Test
    void oneThatCanBeClosedIsClosedWhenItsServerEnds() throws Exception {
        try (Child server = Child.start(
                directory,
                "serve",
                "--rest",
                "127.0.0.1:0",
                "--agent-class",
                "own.Closing",
                "--agent-path",
                jar.toString())) {
            server.await(line -> line.startsWith("rest "));
            assertThat(directory.resolve("closed")).doesNotExist();
            assertThat(server.terminate()).isZero();
        }
        assertThat(directory.resolve("closed")).hasContent("mine");
    }

    @Test
    void whatCannotBeLoadedIsRefusedByName() {
        run("own.Absent", jar.toString()).failsWith(ExitCode.INVALID, "--agent-class", "own.Absent", "--agent-path");
        run("own.Words", jar.toString()).failsWith(ExitCode.INVALID, "own.Words", "public constructor");
        run("java.lang.Object", jar.toString()).failsWith(ExitCode.INVALID, "is not a dev.meerkat.core.agent.Agent");
        run("own.Broken", jar.toString()).failsWith(ExitCode.INVALID, "own.Broken", "no luck");
        run("own.Static", jar.toString()).failsWith(ExitCode.INVALID, "own.Static", "NumberFormatException", "none");
        run("own.Shout", "absent.jar").failsWith(ExitCode.INVALID, "--agent-path", "absent.jar");
        run("own.Shout", "absent/*").failsWith(ExitCode.INVALID, "--agent-path", "absent");
        Cmd.run("run", "--agent-class", "own.Shout", "Hello.").failsWith(ExitCode.INVALID, "--agent-path");
        Cmd.run("run", "--agent-path", jar.toString(), "Hello.").failsWith(ExitCode.INVALID, "--agent-class");
        Cmd.run("run", "--agent", "echo", "--agent-class", "own.Shout", "--agent-path", jar.toString(), "Hello.")
                .failsWith(ExitCode.INVALID, "--agent", "--agent-class");
    }
}
