package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecAgentTest {
    @TempDir
    Path directory;

    private String script(String text) throws Exception {
        Path script = Files.writeString(directory.resolve("agent.sh"), "#!/bin/sh\n" + text + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return "exec:" + script;
    }

    @Test
    void plainCommandsNeedNoShell() throws Exception {
        script("exit 0");
        String agent = directory.resolve("agent.sh").toString();
        assertThat(ExecCommand.parse(" " + agent + "  --fast a:b", "").words()).containsExactly(agent, "--fast", "a:b");
        assertThat(ExecCommand.parse("cat | tail -1", "").words()).containsExactly("/bin/sh", "-c", "cat | tail -1");
        assertThat(ExecCommand.parse("agent.sh x", "/no/such:" + directory).words())
                .containsExactly("agent.sh", "x");
    }

    @Test
    void theProgramReadsTheTurnAndItsOutputIsTheAnswer() throws Exception {
        Path seen = directory.resolve("turn.json");
        String agent = script("cat > " + seen + "\necho \"attempt $MEERKAT_ATTEMPT of $MEERKAT_TURN_ID\"");
        Cmd.Result result = Cmd.run("run", "--json", "--agent", agent, "--comms-name", "a", "Hello.")
                .ok();

        Json turn = Json.parse(Files.readString(seen));
        String id = turn.at("/turn_id").orElseThrow().as(String.class);
        assertThat(Json.parse(result.lines().get(1)).at("/text")).contains(Json.of("attempt 1 of " + id));
        assertThat(turn.at("/session/comms_name")).contains(Json.of("a"));
        assertThat(turn.at("/attempt")).contains(Json.of(1));
        assertThat(turn.at("/inputs/0").orElseThrow().text()).contains("Hello.");
        assertThat(turn.at("/transcript").orElseThrow().text()).startsWith("[");
    }

    @Test
    void theTranscriptIsGivenToTheNextTurn() throws Exception {
        String agent = "exec:grep -c 'first answer' || echo first answer";
        String store = directory.resolve("s.db").toString();
        assertThat(Cmd.run("run", "--agent", agent, "--store", store, "One.")
                        .ok()
                        .out())
                .contains("first answer");
        assertThat(Cmd.run("run", "--agent", agent, "--store", store, "--resume", "last", "Two.")
                        .ok()
                        .lines())
                .containsExactly("1");
    }

    @Test
    void aProgramThatFailsFailsTheTurnAndIsQuoted() throws Exception {
        String agent = script("i=0; while [ $i -lt 2000 ]; do echo 'a long story' >&2; i=$((i+1)); done\n"
                + "echo 'no model today' >&2; exit 7");
        Cmd.Result result = Cmd.run("run", "--agent", agent, "Hello.");
        result.failsWith(ExitCode.AGENT_FAILED, "ended with 7", "no model today");
        assertThat(result.err().length()).isLessThan(20_000);
    }

    @Test
    void aProgramThatSaysThatItsFailureWillPassIsTriedMoreOftenThanOthers() throws Exception {
        String agent = script("if [ $MEERKAT_ATTEMPT -le 3 ]; then exit 75; fi; echo the model is back");
        assertThat(Cmd.run("run", "--agent", agent, "Hello.").ok().out()).contains("the model is back");
    }

    @Test
    void aProgramThatCannotBeRunIsRefusedBeforeAnythingStarts() throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "no program");
        for (String command : new String[] {
            "/no/such/program",
            "no-such-program --fast",
            "./no-such 'x y'",
            directory.toString(),
            text.toString(),
            text + " | cat"
        }) {
            String agent = "exec:" + command;
            String name = command.split(" ")[0];
            Cmd.run("run", "--agent", agent, "Hello.").failsWith(ExitCode.INVALID, "--agent", name);
            Cmd.run("serve", "--agent", agent, "--rest", "127.0.0.1:0").failsWith(ExitCode.INVALID, "--agent", name);
            Cmd.run("rpc", "--agent", agent).failsWith(ExitCode.INVALID, "--agent", name);
            Cmd.run("mcp", "--agent", agent).failsWith(ExitCode.INVALID, "--agent", name);
        }
    }

    @Test
    void aProgramThatIsGoneFailsTheTurn() throws Exception {
        Cmd.run("run", "--agent", script("rm $0; exit 1"), "Hello.")
                .failsWith(ExitCode.AGENT_FAILED, "does not exist", "agent_not_started");
    }

    @Test
    void anAnswerWithoutEndIsCutOff() {
        Cmd.run("run", "--agent", "exec:yes", "Hello.").failsWith(ExitCode.AGENT_FAILED, "1048576");
    }

    @Test
    void aProgramNeedNotReadItsInput() throws Exception {
        String store = directory.resolve("s.db").toString();
        Cmd.Result result = Cmd.run("run", "--store", store, "--agent", "exec:echo done", "x".repeat(500_000))
                .ok();
        assertThat(result.lines()).containsExactly("done");
    }

    @Test
    void askedToEndItKillsWhatTheProgramStarted() throws Exception {
        Path pids = directory.resolve("pids");
        assertThat(new ProcessBuilder("mkfifo", pids.toString()).start().waitFor())
                .isZero();
        String agent = script("sleep 600 & echo $! > " + pids + "; wait");
        Cmd.Running running = Cmd.start(InputStream.nullInputStream(), "run", "--agent", agent, "Wait.");
        String pid = CompletableFuture.supplyAsync(() -> read(pids)).get(Cmd.SECONDS, TimeUnit.SECONDS);
        ProcessHandle sleep = ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
        running.stop().failsWith(ExitCode.INTERRUPTED);
        assertThat(sleep.onExit()).succeedsWithin(Cmd.SECONDS, TimeUnit.SECONDS);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
