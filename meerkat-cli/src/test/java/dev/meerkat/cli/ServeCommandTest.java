package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server, and the commands that ask it. */
class ServeCommandTest {
    @TempDir
    Path directory;

    private Cmd.Running server = null;
    private String rest = "";
    private String tcp = "";
    private String agentA = "";
    private String agentB = "";

    @BeforeEach
    void serve() throws Exception {
        String store = directory.resolve("s.db").toString();
        agentA = id(Cmd.run("run", "--store", store, "--stdin", "lines", "--comms-name", "agent-a", "Coordinate."));
        agentB = id(Cmd.run("run", "--store", store, "--stdin", "lines", "--comms-name", "agent-b", "Build."));
        server = Cmd.start(
                InputStream.nullInputStream(),
                "serve",
                "--json",
                "--store",
                store,
                "--rest",
                "127.0.0.1:0",
                "--tcp",
                "127.0.0.1:0");
        String[] lines = server.awaitOutput("\"tcp\"").lines().toArray(String[]::new);
        rest = url(lines[0]);
        tcp = url(lines[1]);
    }

    private static String id(Cmd.Result run) {
        return run.ok().err().strip().replace("session ", "");
    }

    private static String url(String line) {
        return Json.parse(line).at("/url").orElseThrow().as(String.class);
    }

    @AfterEach
    void stop() throws Exception {
        server.stop().ok();
    }

    @ParameterizedTest
    @CsvSource({
        "MEERKAT_TOKEN, ''",
        "MEERKAT_TOKEN, ' '",
        "RKAT_WEBHOOK_SECRET, ''",
        "RKAT_WEBHOOK_SECRET, '\t\n'",
    })
    void aBlankSecretInTheEnvironmentIsRefused(String variable, String blank) {
        Cmd.Result refused =
                Cmd.run(InputStream.nullInputStream(), Map.of(variable, blank), "serve", "--rest", "127.0.0.1:0");

        assertThat(refused.code()).isNotZero();
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains(variable, "must not be blank");
    }

    @TestFactory
    Stream<DynamicTest> theCommandsOfAStoreAreThoseOfAServer() {
        return Stream.of(rest, tcp).map(url -> DynamicTest.dynamicTest(url.substring(0, 4), () -> ask(url)));
    }

    private void ask(String url) {
        String text = "Build failed, says " + url;
        assertThat(Cmd.run("sessions", "--server", url).ok().lines()).hasSize(2);
        assertThat(Cmd.run("peers", agentA, "--server", url).ok().out()).contains("agent-b");
        Cmd.run("send", agentA, "--server", url, "--to", "agent-b", text).ok();
        String key = "key-" + url;
        assertThat(Cmd.run("event", agentB, "deploy", "{}", "--key", key, "--server", url)
                        .ok()
                        .out())
                .startsWith("accepted");
        if (url.startsWith("tcp:")) {
            // Over REST the client is not told of a duplicate.
            assertThat(Cmd.run("event", agentB, "deploy", "{}", "--key", key, "--server", url)
                            .ok()
                            .out())
                    .startsWith("duplicate");
        }
        assertThat(Cmd.run("history", agentA, "--server", url).ok().out()).contains("Coordinate.");
        Cmd.run("history", "nobody", "--server", url).failsWith(ExitCode.SESSION_NOT_FOUND, "nobody");
    }

    @Test
    void aFollowerSeesWhatComes() throws Exception {
        Cmd.Running tail = Cmd.start(InputStream.nullInputStream(), "tail", agentB, "--follow", "--server", tcp);
        tail.awaitOutput("Build.");
        Cmd.run("event", agentB, "deploy", "{\"n\":1}", "--server", tcp).ok();
        tail.awaitOutput("event deploy from deploy: {\"n\":1}");
        tail.stop().ok();
    }

    @Test
    void theStoreOfAServerIsHeld() {
        Cmd.run("sessions", "--store", directory.resolve("s.db").toString())
                .failsWith(ExitCode.NOT_DONE, "--server URL");
        Cmd.Result doctor =
                Cmd.run("doctor", "--store", directory.resolve("s.db").toString(), "--server", rest);
        assertThat(doctor.code()).isEqualTo(ExitCode.FAILED);
        assertThat(doctor.out()).contains("problem  store:", "ask the server that has it", "ok       server: " + rest);
    }
}
