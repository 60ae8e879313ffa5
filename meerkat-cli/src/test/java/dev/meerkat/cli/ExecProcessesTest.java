package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the programs of exec agents leave behind, and when they end. */
@EnabledOnOs(OS.LINUX)
class ExecProcessesTest {
    private static final int SESSIONS = 5;
    private static final int GONE_SECONDS = 10;
    private static final String RUN = "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}";

    @TempDir
    Path directory;

    private Path pids = Path.of("");

    /** A program that starts others: in its group, in a group of its own, and detached from its parent. */
    private String starting(String rest) throws Exception {
        pids = directory.resolve("pids");
        Path script = Files.writeString(
                directory.resolve("agent.sh"),
                String.join(
                        "\n",
                        "#!/bin/sh",
                        "trap '' TERM INT HUP",
                        "sleep 600 & echo $! >> " + pids,
                        "setsid sleep 600 & echo $! >> " + pids,
                        "(setsid sh -c 'echo $$ >> " + pids + "; exec sleep 600' &)",
                        rest,
                        ""));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return "exec:" + script;
    }

    private void assertAllGone() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GONE_SECONDS);
        for (String pid : Files.readAllLines(pids)) {
            while (runs(pid) && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(runs(pid)).as("process " + pid + " runs").isFalse();
        }
    }

    /** A dead process that nobody has asked for its end has no command line any more. */
    private static boolean runs(String pid) {
        try {
            return Files.readAllBytes(Path.of("/proc", pid.strip(), "cmdline")).length > 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void whatAProgramLeavesBehindCostsNeitherThreadsNorDescriptors() throws Exception {
        String agent = starting("echo answered");
        assertThat(Cmd.run("run", "--agent", agent, "Hello.").ok().lines()).containsExactly("answered");

        assertAllGone();
        // With the last process at the other end the readers end.
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("meerkat-exec-")) {
                thread.join(TimeUnit.SECONDS.toMillis(Cmd.SECONDS));
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }

    @Test
    void programsDoNotInheritSecrets() throws Exception {
        Map<String, String> variables = new HashMap<>();
        CommandSecrets.withheld().forEach(name -> variables.put(name, "s3cret-s3cret-s3cret-s3cret-s3cret"));
        variables.put("OTHER", "kept");
        variables.put("OPENAI_API_KEY", "for the program");
        String agent = "exec:env | grep -c -e s3cret -e MEERKAT_TOKEN -e RKAT_WEBHOOK; echo $OTHER $OPENAI_API_KEY";
        try (Child run = Child.start(directory, variables, Child.command("run", "--agent", agent, "Hello."))) {
            assertThat(run.await(line -> true)).isEqualTo("0");
            assertThat(run.await(line -> true)).isEqualTo("  kept for the program");
            assertThat(run.exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "rpc", "mcp", "serve"})
    void noProgramOutlivesAProcessThatIsAskedToEnd(String command) throws Exception {
        try (Child child = started(command)) {
            assertThat(child.terminate()).isIn(0, ExitCode.INTERRUPTED);
        }
        assertAllGone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpc", "mcp"})
    void noProgramOutlivesTheEndOfStandardInput(String command) throws Exception {
        try (Child child = started(command)) {
            child.endInput();
            assertThat(child.exitCode()).isZero();
        }
        assertAllGone();
    }

    private Child started(String command) throws Exception {
        String agent = starting("echo $$ >> " + pids + "; wait; sleep 600");
        int sessions = command.equals("run") ? 1 : SESSIONS;
        Child child = switch (command) {
            case "run" -> Child.start(directory, "run", "--agent", agent, "Wait.");
            case "serve" -> Child.start(directory, "serve", "--agent", agent, "--rest", "127.0.0.1:0");
            default -> Child.start(directory, command, "--agent", agent);
        };
        switch (command) {
            case "run" -> {}
            case "rpc" -> each(id -> child.write(RUN.formatted(id, "session/create", "{\"prompt\":\"Wait.\"}")));
            case "mcp" -> {
                child.call(
                        1_000,
                        "initialize",
                        Map.of(
                                "protocolVersion", "2025-06-18",
                                "capabilities", Map.of(),
                                "clientInfo", Map.of("name", "test", "version", "1")));
                child.write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
                each(id -> child.write(RUN.formatted(
                        id, "tools/call", "{\"name\":\"meerkat_run\",\"arguments\":{\"prompt\":\"Wait.\"}}")));
            }
            default -> {
                String url = child.await(line -> line.startsWith("rest ")).substring("rest ".length());
                HttpClient http = HttpClient.newHttpClient();
                each(id -> http.sendAsync(
                        HttpRequest.newBuilder(URI.create(url + "/sessions"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"Wait.\"}"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding()));
            }
        }
        await(sessions * 3);
        return child;
    }

    @FunctionalInterface
    private interface Step {
        void run(int id) throws Exception;
    }

    private static void each(Step step) throws Exception {
        for (int id = 0; id < SESSIONS; id++) {
            step.run(id);
        }
    }

    /** Looks until so many processes have said their number. */
    private void await(int processes) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Cmd.SECONDS);
        List<String> seen = List.of();
        while (seen.size() < processes && System.nanoTime() < end) {
            Thread.onSpinWait();
            seen = Files.exists(pids) ? Files.readAllLines(pids) : seen;
        }
        assertThat(seen).hasSizeGreaterThanOrEqualTo(processes);
    }
}
