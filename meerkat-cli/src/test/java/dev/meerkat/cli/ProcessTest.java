package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            child.await("  - prompt: Go."::equals);
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
            child.await("  - prompt: Stay."::equals);
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
                    child.await(line -> line.startsWith("{\"outcome\":\"accepted\""));
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

    @ParameterizedTest
    @ValueSource(strings = {"kill", "stop", "wait"})
    void aStoreFileThatWasDeletedUnderAServerIsToldAndNoEmptyOneTakesItsPlace(String end) throws Exception {
        Path store = directory.resolve("s.db");
        Path kept = directory.resolve("kept.db");
        String[] serve = {"serve", "--rest", "127.0.0.1:0", "--store", store.toString()};
        Cmd.run("run", "--store", store.toString(), "--comms-name", "before", "Go.")
                .ok();
        try (Child child = Child.start(directory, serve)) {
            String server = child.await(line -> line.startsWith("rest ")).substring("rest ".length());
            Cmd.run("create", "--server", server, "--comms-name", "acknowledged", "Remember.")
                    .ok();
            Files.move(store, kept);
            switch (end) {
                case "kill" -> child.kill();
                case "stop" -> assertThat(child.terminate()).isEqualTo(ExitCode.STORE_LOST);
                default -> assertThat(child.exitCode()).isEqualTo(ExitCode.STORE_LOST);
            }
        }

        try (Child again = Child.start(directory, serve)) {
            assertThat(again.exitCode()).isEqualTo(ExitCode.NOT_DONE);
        }
        assertThat(Files.readString(directory.resolve("stderr.txt")))
                .contains("s.db cannot be opened: it is gone, but its log", "Put the file back");

        Files.move(kept, store);
        assertThat(Cmd.run("sessions", "--store", store.toString()).ok().out()).contains("before", "acknowledged");
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
    void sigtermDuringATurnCostsNoAttemptWhateverServesTheSession() throws Exception {
        Path attempts = Files.createFile(directory.resolve("attempts"));
        Path script = Files.writeString(directory.resolve("agent.sh"), """
            case "$(cat)" in
              *hang*) echo "$MEERKAT_ATTEMPT" >> "$1"; exec sleep 300;;
            esac
            """);
        String agent = "exec:/bin/sh " + script + " " + attempts;
        String root = directory.resolve("state").toString();
        List<String> realm = List.of("--realm", "team", "--state-root", root);
        Cmd.run(with(realm, "run", "--comms-name", "a", "Go.")).ok();
        Cmd.run(with(realm, "event", "a", "hang")).ok();

        List<List<String>> deploys = List.of(
                List.of("run", "--resume", "a", "Hello."),
                List.of("serve", "--rest", "127.0.0.1:0"),
                List.of("rpc"),
                List.of("mcp"));
        for (int i = 0; i < deploys.size(); i++) {
            List<String> command = new ArrayList<>(deploys.get(i));
            command.addAll(List.of("--agent", agent));
            try (Child child = Child.start(directory, with(realm, command.toArray(String[]::new)))) {
                awaitLines(attempts, i + 1);
                child.terminate();
            }
        }

        assertThat(Files.readAllLines(attempts)).containsExactly("1", "1", "1", "1");
        assertThat(Cmd.run(with(realm, "run", "--resume", "a", "And?")).ok().out())
                .contains("hang", "Hello.", "And?");
    }

    @Test
    void theEndOfInputEndsMcpDuringATurnAndFreesTheStore() throws Exception {
        Path attempts = Files.createFile(directory.resolve("attempts"));
        Path script = Files.writeString(directory.resolve("agent.sh"), """
            echo "$MEERKAT_ATTEMPT" >> "$1"; exec sleep 300
            """);
        List<String> realm = List.of(
                "--realm", "team", "--state-root", directory.resolve("state").toString());
        String agent = "exec:/bin/sh " + script + " " + attempts;
        try (Child child = Child.start(directory, with(realm, "mcp", "--agent", agent))) {
            child.write("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                    + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"host\",\"version\":\"1\"}}}");
            child.await(line -> line.contains("\"serverInfo\""));
            child.write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
            child.write("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"meerkat_run\","
                    + "\"arguments\":{\"prompt\":\"Go.\"}}}");
            awaitLines(attempts, 1);

            child.endInput();

            // The turn would go on for five minutes.
            assertThat(child.exitCode()).isZero();
        }
        try (Child next = Child.start(directory, rpc())) {
            assertThat(next.call(1, "session/list", Map.of()).at("/sessions/0/session_id"))
                    .isPresent();
        }
    }

    private static String[] with(List<String> more, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(more);
        return all.toArray(String[]::new);
    }

    private static void awaitLines(Path file, int lines) throws Exception {
        for (int looks = Cmd.SECONDS * 50; looks > 0; looks--) {
            if (Files.readAllLines(file).size() >= lines) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertThat(Files.readAllLines(file)).hasSize(lines);
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
        try (Child child = Child.start(directory, launcher("meerkat", "--help"))) {
            child.await(line -> line.startsWith("Usage: meerkat"));
            assertThat(child.exitCode()).isZero();
        }
        assertThat(Files.readString(directory.resolve("stderr.txt"))).isEmpty();
    }

    /** With one argument more, in UTF-8 whatever the locale of this process is. */
    private static List<String> withCafe(String locale, List<String> command) {
        List<String> all = new ArrayList<>(
                List.of("/bin/sh", "-c", "exec env \"$@\" \"$(printf 'caf\\303\\251 \\360\\237\\246\\246')\"", "sh"));
        all.addAll(List.of("-u", "LC_CTYPE", "-u", "LANG", "LC_ALL=" + locale));
        all.addAll(command);
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"xx_YY.UTF-8", "C", ""})
    void launchersKeepArgumentsWholeWithoutALocale(String locale) throws Exception {
        try (Child child = Child.start(directory, withCafe(locale, launcher("meerkat", "run")))) {
            child.await("  - prompt: caf\u00e9 \ud83e\udda6"::equals);
            assertThat(child.exitCode()).isZero();
        }
    }

    @Test
    void withoutALauncherAnArgumentThatJavaCannotReadIsRefused() throws Exception {
        try (Child child = Child.start(directory, withCafe("xx_YY.UTF-8", Child.command("run", "--stdin", "off")))) {
            assertThat(child.exitCode()).isEqualTo(ExitCode.INVALID);
        }
        assertThat(Files.readString(directory.resolve("stderr.txt")))
                .contains("argument 4", "caf", "LC_ALL=C.UTF-8", "bin/meerkat");
    }

    /** A link to a launcher in a home with blanks, whose jar leads to the classes under test. */
    private List<String> launcher(String name, String... args) throws Exception {
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
        command.addAll(List.of(args));
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
