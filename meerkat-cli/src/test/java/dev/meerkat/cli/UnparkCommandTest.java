package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.ParkSessionException;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A parked session of a real store, by itself and through a server that has it. */
@SuppressWarnings("try") // closing may be interrupted
class UnparkCommandTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private Path store;

    @BeforeEach
    void aParkedSession() throws Exception {
        store = directory.resolve("team.db");
        Agent agent = turn -> {
            throw new ParkSessionException("budget_exceeded", "all is spent");
        };
        try (SqliteStore opened = SqliteStore.open(store);
                Meerkat meerkat = MeerkatRuntime.of(agent).store(opened).open()) {
            Session session = meerkat.create(
                    SessionSpec.ofPrompt("begin").withCommsName("agent-a").withDeferredStart());
            assertThat(session.startTurn("spend").await(PATIENCE).orElseThrow()).isInstanceOf(TurnOutcome.Parked.class);
        }
    }

    @Test
    void itIsUnparkedInAStore() throws Exception {
        check("--store", store.toString());

        try (SqliteStore opened = SqliteStore.open(store);
                Meerkat meerkat =
                        MeerkatRuntime.of((Agent) turn -> "ok").store(opened).open()) {
            assertThat(meerkat.open("agent-a").snapshot().parked()).isEmpty();
        }
    }

    @Test
    void itIsUnparkedOnAServer() throws Exception {
        Cmd.Running server =
                Cmd.start(InputStream.nullInputStream(), "serve", "--rest", "127.0.0.1:0", "--store", store.toString());
        String line = server.awaitOutput("rest ").lines().findFirst().orElseThrow();

        check("--server", line.substring(line.indexOf(' ') + 1));

        server.stop().ok();
    }

    @Test
    void aRunOfItKeepsThePromptAndEndsAndSaysWhy() throws Exception {
        Cmd.run("run", "--store", store.toString(), "--resume", "agent-a", "More.")
                .failsWith(ExitCode.AGENT_FAILED, "parked: all is spent");
        Cmd.run("unpark", "agent-a", "--store", store.toString()).ok();

        assertThat(Cmd.run("run", "--store", store.toString(), "--resume", "agent-a", "And?")
                        .ok()
                        .out())
                .contains("prompt: spend", "prompt: More.", "prompt: And?");
    }

    private static void check(String option, String where) {
        assertThat(Cmd.run("unpark", "agent-a", option, where).ok().out()).isEqualToIgnoringNewLines("unparked");
        assertThat(Cmd.run("unpark", "agent-a", option, where).ok().out()).contains("not parked");
        Cmd.run("unpark", "nobody", option, where).failsWith(ExitCode.SESSION_NOT_FOUND, "nobody");
    }
}
