package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The process that has the store is killed: the next one has all that was acknowledged. */
class PostgresKillTest {
    private static final int EVENTS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PostgresOptions options = TestServer.fresh().withLease(KillChild.LEASE);

    @AfterEach
    void drop() {
        TestServer.drop(options);
    }

    private Process child() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        classPath(),
                        KillChild.class.getName(),
                        options.schema())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        // So that it starts no server of its own.
        builder.environment().put(TestServer.VARIABLE, TestServer.address());
        return builder.start();
    }

    /** All that this test runs on, whether it came by class path or by module path. */
    private static String classPath() {
        return String.join(
                File.pathSeparator,
                Path.of("target", "classes").toAbsolutePath().toString(),
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                System.getProperty("java.class.path"),
                System.getProperty("jdk.module.path", ""));
    }

    /** Reads until so many events are acknowledged; returns the last one. */
    private static int acknowledged(BufferedReader out, int events) throws IOException {
        int last = -1;
        while (last < events) {
            String line = out.readLine();
            assertThat(line).as("the child ended").isNotNull();
            last = line.startsWith("acknowledged ") ? Integer.parseInt(line.substring("acknowledged ".length())) : last;
        }
        return last;
    }

    private static List<String> events(Session session, PostgresStore store) {
        SessionId id = session.id();
        return store.events(id, Cursor.START, 100_000).stream()
                .filter(SessionEvent.InputAdmitted.class::isInstance)
                .map(event -> Script.text(((SessionEvent.InputAdmitted) event).input()))
                .toList();
    }

    private static void handledOnce(PostgresStore store, int last) throws Exception {
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> "ok").store(store).open()) {
            Session session = meerkat.open("a");
            assertThat(session.startTurn("last").await(PATIENCE).orElseThrow())
                    .isInstanceOf(TurnOutcome.Completed.class);
            List<String> events = events(session, store);
            assertThat(events).doesNotHaveDuplicates();
            for (int i = 0; i <= last; i++) {
                assertThat(events).contains("e " + i);
            }
            List<SessionEvent> log = store.events(session.id(), Cursor.START, 100_000);
            for (int i = 0; i < log.size(); i++) {
                assertThat(log.get(i).cursor().sequence()).isEqualTo(i + 1);
            }
            List<Object> consumed = log.stream()
                    .filter(SessionEvent.InputConsumed.class::isInstance)
                    .flatMap(event -> ((SessionEvent.InputConsumed) event).inputs().stream())
                    .<Object>map(input -> input)
                    .toList();
            assertThat(consumed).doesNotHaveDuplicates();
        }
    }

    @Test
    void afterKill9TheNextProcessHasAllThatWasAcknowledgedOnceTheLeaseHasEnded() throws Exception {
        Process child = child();
        int last;
        try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
            last = acknowledged(out, EVENTS);
            signal(child, "-KILL");
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                last = line.matches("acknowledged \\d+")
                        ? Integer.parseInt(line.substring("acknowledged ".length()))
                        : last;
            }
        }
        try (PostgresStore store = PostgresStore.open(TestServer.source(), options)) {
            handledOnce(store, last);
        }
    }

    private static void signal(Process child, String signal) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(child.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }
}
