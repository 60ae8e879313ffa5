package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters of a real store, by themselves and through a server that has it. */
@SuppressWarnings("try") // closing may be interrupted
class DeadLetterCommandsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private String store = "";

    @BeforeEach
    void aSessionWithTwoDeadLetters() throws Exception {
        Path file = directory.resolve("team.db");
        store = file.toString();
        Agent agent = turn -> {
            if (turn.inputs().stream().anyMatch(input -> input.body() instanceof InputBody.External)) {
                throw new IllegalStateException("no \u001b[2J");
            }
            return "ok";
        };
        try (SqliteStore opened = SqliteStore.open(file);
                Meerkat meerkat = MeerkatRuntime.of(agent)
                        .store(opened)
                        .retry(RetryPolicy.none())
                        .open()) {
            Session session = meerkat.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("agent-a"));
            await(session, SessionEvent.TurnCompleted.class, 1);
            for (int i = 1; i <= 2; i++) {
                session.sendExternalEvent(ExternalEvent.genericJson("ping", Json.of(i)));
                await(session, SessionEvent.InputDeadLettered.class, i);
            }
        }
    }

    private static void await(Session session, Class<? extends SessionEvent> type, int count)
            throws InterruptedException {
        try (EventStream events = session.events(Cursor.START)) {
            int seen = 0;
            while (seen < count) {
                Optional<SessionEvent> next = events.next(PATIENCE);
                assertThat(next).isPresent();
                seen += type.isInstance(next.get()) ? 1 : 0;
            }
        }
    }

    private static String at(String json, String pointer) {
        return Json.parse(json).at(pointer).orElseThrow().toString();
    }

    @Test
    void theyAreListedRedrivenAndDiscardedInAStore() throws Exception {
        check("--store", store);

        assertThat(Cmd.run("doctor", "--store", store).ok().out()).doesNotContain("dead letter");
    }

    @Test
    void theyAreListedRedrivenAndDiscardedOnAServer() throws Exception {
        Cmd.Running server =
                Cmd.start(InputStream.nullInputStream(), "serve", "--rest", "127.0.0.1:0", "--store", store);
        String line = server.awaitOutput("rest ").lines().findFirst().orElseThrow();

        check("--server", line.substring(line.indexOf(' ') + 1));

        server.stop().ok();
    }

    private void check(String option, String where) {
        assertThat(Cmd.run("doctor", option, where).out()).contains("there are 2 dead letters");
        assertThat(Cmd.run("dead-letters", option, where).ok().out())
                .contains("event ping from ping", "1 attempt", "no \\u{1b}[2J")
                .doesNotContain("\u001b");
        List<String> rows =
                Cmd.run("dead-letters", "agent-a", "--json", option, where).ok().lines();
        assertThat(rows).hasSize(2);
        assertThat(at(rows.get(0), "/attempts")).isEqualTo("1");
        String first = at(rows.get(0), "/input/id").replace("\"", "");
        String second = at(rows.get(1), "/input/id").replace("\"", "");

        assertThat(Cmd.run("redrive", "agent-a", first, option, where).ok().out())
                .contains("redriven " + first);
        assertThat(Cmd.run("discard", "agent-a", second, option, where).ok().out())
                .contains("discarded " + second);

        assertThat(Cmd.run("dead-letters", option, where).ok().out()).isEmpty();
        for (String command : List.of("redrive", "discard")) {
            Cmd.run(command, "agent-a", second, option, where)
                    .failsWith(ExitCode.NOT_DONE, second, "not_a_dead_letter");
        }
    }
}
