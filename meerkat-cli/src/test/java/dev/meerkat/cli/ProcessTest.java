package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as the process that people and clients start. */
class ProcessTest {
    @TempDir
    Path directory;

    private String[] rpc(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "rpc",
                "--realm",
                "team",
                "--state-root",
                directory.resolve("state").toString()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    @Test
    void linesWakeARunningSessionAndTheEndOfInputEndsIt() throws Exception {
        try (Child child = Child.start(directory, "run", "--stdin", "lines", "--comms-name", "a", "Go.")) {
            child.await("- prompt: Go."::equals);
            child.write("deploy is done");
            child.await(line -> line.contains("{\"body\":\"deploy is done\"}"));
            child.write("and one more");
            child.endInput();
            child.await(line -> line.contains("{\"body\":\"and one more\"}"));
            assertThat(child.exitCode()).isZero();
        }
    }

    @Test
    void sigtermEndsAKeptAliveSessionWithZero() throws Exception {
        try (Child child = Child.start(directory, "run", "--keep-alive", "--comms-name", "a", "Stay.")) {
            child.await("- prompt: Stay."::equals);
            assertThat(child.terminate()).isZero();
        }
    }

    @Test
    void everyAcknowledgedLineIsThereAfterAKill() throws Exception {
        String store = directory.resolve("s.db").toString();
        List<String> acknowledged = new ArrayList<>();
        String[] first = {"run", "--json", "--store", store, "--stdin", "lines", "--comms-name", "a", "Go."};
        String[] next = {"run", "--json", "--store", store, "--stdin", "lines", "--resume", "a"};
        for (int cycle = 0; cycle < 3; cycle++) {
            try (Child child = Child.start(directory, cycle == 0 ? first : next)) {
                for (int i = 0; i < 3; i++) {
                    String body = "line " + cycle + "." + i;
                    child.write(body);
                    child.await(line -> line.startsWith("{\"accepted\""));
                    acknowledged.add("{\"body\":\"" + body + "\"}");
                }
                child.kill();
            }
        }
        Cmd.Result last = Cmd.run("run", "--store", store, "--resume", "a", "What do you know?")
                .ok();
        String answer = last.out();
        assertThat(answer).contains(acknowledged.toArray(String[]::new));
        assertThat(answer.substring(answer.lastIndexOf("Seen so far:")))
                .containsSubsequence(acknowledged.toArray(String[]::new));
    }

    @Test
    void rpcFindsTheSessionsOfItsRealmAgain() throws Exception {
        Json session;
        try (Child child = Child.start(directory, rpc("--instance", "one", "--live-ws", "127.0.0.1:0"))) {
            assertThat(child.call(1, "initialize", Map.of()).at("/contract_version"))
                    .isPresent();
            Json created = child.call(
                    2, "session/create", Map.of("prompt", "Remember 42.", "keep_alive", true, "comms_name", "agent-a"));
            session = created.at("/session_id").orElseThrow();
            child.endInput();
            assertThat(child.exitCode()).isZero();
        }
        assertThat(Files.readString(directory.resolve("stderr.txt"))).contains("passed over", "--live-ws 127.0.0.1:0");
        try (Child child = Child.start(directory, rpc())) {
            Json answered = child.call(1, "turn/start", Map.of("session_id", session, "prompt", "And?"));
            assertThat(answered.at("/text").orElseThrow().as(String.class)).contains("Remember 42.", "And?");
            assertThat(child.terminate()).isZero();
        }
        assertThat(Cmd.run(
                                "sessions",
                                "--realm",
                                "team",
                                "--state-root",
                                directory.resolve("state").toString())
                        .ok()
                        .out())
                .contains("team/agent-a");
    }

    @Test
    void rpcSpeaksTheLineOfTheEnvironment() throws Exception {
        List<String> command = launcher("meerkat-rpc");
        command.add(0, "MEERKAT_CONTRACT=0.6");
        command.add(0, "env");
        try (Child child = Child.start(directory, command)) {
            assertThat(child.call(1, "initialize", Map.of())
                            .at("/contract_version")
                            .orElseThrow()
                            .as(String.class))
                    .startsWith("0.6.");
        }
    }

    @Test
    void launchersFindTheirHomeThroughLinks() throws Exception {
        try (Child child = Child.start(directory, launcher("meerkat"))) {
            child.await(line -> line.startsWith("Usage: meerkat"));
            assertThat(child.exitCode()).isZero();
        }
        assertThat(Files.readString(directory.resolve("stderr.txt"))).isEmpty();
    }

    /** A link to a launcher in a home with blanks, whose jar leads to the classes under test. */
    private List<String> launcher(String name) throws Exception {
        Path home = directory.resolve("a home");
        for (String file : List.of("bin/" + name, "lib/java.sh")) {
            Path copy = home.resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(Path.of("src/main/launchers").resolve(file), copy);
            assertThat(copy.toFile().setExecutable(true)).isTrue();
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, urls());
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(home.resolve("lib/meerkat.jar")), manifest)) {
            jar.finish();
        }
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a home/bin/" + name));
        List<String> command = new ArrayList<>(List.of(link.toString()));
        if (name.equals("meerkat")) {
            command.add("--help");
        }
        return command;
    }

    private static String urls() {
        List<String> urls = new ArrayList<>();
        for (String path : Child.classPath().split(File.pathSeparator)) {
            urls.add(Path.of(path).toUri().toString());
        }
        return String.join(" ", urls);
    }
}
