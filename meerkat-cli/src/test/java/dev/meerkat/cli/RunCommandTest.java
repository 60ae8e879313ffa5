package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    @TempDir
    Path directory;

    @Test
    void oneTurnIsAnsweredInMemory() {
        Cmd.Result result = Cmd.run("run", "Hello.").ok();
        assertThat(result.lines()).containsExactly("Seen so far:", "  - prompt: Hello.");
        assertThat(result.err()).startsWith("session ");
    }

    @Test
    void eachLineOfStandardInputWakesTheSessionAndTheLastIsAnsweredBeforeTheEnd() {
        Cmd.Result result = Cmd.withInput("one\n\ntwo\nthree", "run", "--stdin", "lines", "--comms-name", "a", "Go.")
                .ok();
        List<String> lines = result.lines();
        assertThat(lines)
                .endsWith(
                        "  - prompt: Go.",
                        "  - event stdin from stdin: {\"body\":\"one\"}",
                        "  - event stdin from stdin: {\"body\":\"two\"}",
                        "  - event stdin from stdin: {\"body\":\"three\"}");
    }

    @Test
    void aLineOfJsonIsJsonAndAnyOtherIsText() {
        Cmd.Result result = Cmd.withInput(
                        "{\"n\":1}\nno json\n", "run", "--stdin", "lines", "--line-format", "json", "Go.")
                .ok();
        assertThat(result.out()).contains("{\"body\":{\"n\":1}}").contains("{\"body\":\"no json\"}");
    }

    @Test
    void forScriptsEachLineIsADocumentWithItsReceipt() {
        List<String> rows = Cmd.withInput("one\n", "run", "--json", "--stdin", "lines", "Go.")
                .ok()
                .lines();
        assertThat(rows).allSatisfy(row -> assertThat(Json.parse(row).text()).startsWith("{"));
        assertThat(Json.parse(rows.get(0)).at("/session_id")).isPresent();
        assertThat(Json.parse(rows.get(0)).at("/keep_alive")).isPresent();
        assertThat(rows)
                .anySatisfy(row -> assertThat(Json.parse(row).at("/outcome")).contains(Json.of("accepted")));
        assertThat(rows)
                .anySatisfy(row -> assertThat(Json.parse(row).at("/outcome")).contains(Json.of("completed")));
    }

    @Test
    void aLineThatIsTooLongIsRefusedAndTheOthersAreTaken() {
        InputStream in =
                new ByteArrayInputStream(("x".repeat((1 << 20) + 1) + "\nshort\n").getBytes(StandardCharsets.UTF_8));
        Cmd.Result result = Cmd.run(in, Map.of(), "run", "--stdin", "lines", "Go.");
        result.failsWith(ExitCode.INVALID, "line 1");
        assertThat(result.out()).contains("{\"body\":\"short\"}");
    }

    @Test
    void anEventThatIsSetAsideEndsTheRunAsAFailure() {
        Cmd.withInput(
                        "poison\n",
                        "run",
                        "--stdin",
                        "lines",
                        "--agent",
                        "exec:if grep -q poison; then exit 3; fi; echo fine",
                        "Go.")
                .failsWith(ExitCode.AGENT_FAILED, "ended with 3", "set aside until");
    }

    @Test
    void aKeptAliveSessionEndsWellWhenItIsAskedTo() throws Exception {
        try (PipedOutputStream out = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(out)) {
            Cmd.Running running = Cmd.start(in, "run", "--keep-alive", "--comms-name", "agent-a", "Stay.");
            running.awaitOutput("  - prompt: Stay.");
            running.stop().ok();
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        Cmd.run("run").failsWith(ExitCode.INVALID, "PROMPT");
        Cmd.run("run", "--resume", "last", "Go.").failsWith(ExitCode.INVALID, "--store");
        Cmd.run(
                        "run",
                        "--resume",
                        "last",
                        "--store",
                        directory.resolve("new.db").toString(),
                        "Go.")
                .failsWith(ExitCode.SESSION_NOT_FOUND);
        Cmd.run("run", "--stdin", "words", "Go.").failsWith(ExitCode.INVALID, "words");
        Cmd.run("run", "--agent", "oracle", "Go.").failsWith(ExitCode.INVALID, "oracle");
        Cmd.run("run", "--agent", "echo:x", "Go.").failsWith(ExitCode.INVALID, "echo:x");
        Cmd.run("run", "--agent", "exec:", "Go.").failsWith(ExitCode.INVALID, "exec:");
    }

    @Test
    void aSessionThatWasNotKeptAliveCannotBeResumedAsOne() {
        String store = directory.resolve("s.db").toString();
        Cmd.run("run", "--store", store, "--comms-name", "a", "Go.").ok();
        Cmd.run("run", "--store", store, "--resume", "a", "--keep-alive").failsWith(ExitCode.NOT_DONE, "--keep-alive");
        assertThat(Files.exists(Path.of(store))).isTrue();
    }
}
