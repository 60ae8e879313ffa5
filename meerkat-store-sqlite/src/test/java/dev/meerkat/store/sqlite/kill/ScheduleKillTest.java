package dev.meerkat.store.sqlite.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Firing;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that makes schedules and sends what is due, and then looks for the input of each acknowledged one. */
@Tag("heavy")
class ScheduleKillTest {
    private static final int CYCLES = Integer.getInteger("meerkat.kill.cycles", 10);
    private static final int MOST_ACKNOWLEDGEMENTS = 150;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Random random = new Random(20261130);
    private final Set<ScheduleId> acknowledged = new HashSet<>();
    private final Set<RequestId> requests = new HashSet<>();
    private final Set<RequestId> answered = new HashSet<>();
    private final Set<InputId> steered = new HashSet<>();
    private final Set<SessionId> archived = new HashSet<>();

    @TempDir
    Path folder;

    @Test
    void whatAnAcknowledgedScheduleSendsComesOnceWhateverIsKilled() throws Exception {
        Path file = folder.resolve("timers.db");
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            runAndKill(file, 1 + random.nextInt(MOST_ACKNOWLEDGEMENTS), cycle % 4 == 1);
        }
        System.out.println("killed " + CYCLES + " times, " + acknowledged.size() + " schedules, "
                + (requests.size() + answered.size()) + " requests, " + steered.size() + " steers and "
                + archived.size()
                + " archived sessions acknowledged");
        assertThat(requests).isNotEmpty();
        assertThat(answered).isNotEmpty();
        assertThat(steered).isNotEmpty();
        assertThat(archived).isNotEmpty();

        try (SessionStore store = SqliteStore.open(file);
                Meerkat meerkat = ScheduleKillChild.open(store)) {
            Session timed = meerkat.open(ScheduleKillChild.TIMED);
            List<Firing> fired = fired(timed);
            assertThat(fired).as("each once").doesNotHaveDuplicates();
            assertThat(fired.stream().map(Firing::scheduleId)).as("none lost").containsAll(acknowledged);
            assertThat(fired.stream().map(Firing::scheduleId)).doesNotHaveDuplicates();
            for (RequestId request : requests) {
                assertThat(timed.reply(request).await(PATIENCE).orElseThrow().status())
                        .isEqualTo(ResponseStatus.OVERDUE);
            }
            for (RequestId request : answered) {
                assertThat(timed.reply(request).await(PATIENCE).orElseThrow().status())
                        .isEqualTo(ResponseStatus.COMPLETED);
            }
            assertThat(told(timed))
                    .as("each answered or overdue once")
                    .doesNotHaveDuplicates()
                    .containsAll(requests)
                    .containsAll(answered);
            for (InputId input : steered) {
                awaitConsumed(timed, input);
            }
            for (SessionId session : archived) {
                assertThat(meerkat.open(session).snapshot().state()).isEqualTo(SessionSnapshot.State.ARCHIVED);
            }
        }
    }

    private void runAndKill(Path file, int acknowledgements, boolean stopped) throws IOException, InterruptedException {
        Process child = KillTest.start(ScheduleKillChild.class, file);
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            for (int i = 0; i < acknowledgements; i++) {
                String line = lines.readLine();
                assertThat(line).as("the child ended by itself").isNotNull();
                read(line);
                if (stopped && i == acknowledgements / 2) {
                    signal(child, "-STOP");
                    // Longer than what is scheduled takes to be due.
                    assertThat(child.waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
                    signal(child, "-CONT");
                }
            }
            // By its handle, because destroying the process object would also close what it wrote.
            child.toHandle().destroyForcibly();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // The kill may have cut the last line short.
                if (line.matches("([a-z]+ )?[0-9a-f-]{36}")) {
                    read(line);
                }
            }
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private static void awaitConsumed(Session session, InputId input) throws InterruptedException {
        try (EventStream log = session.eventsFromNow()) {
            while (session.inputStatus(input).orElseThrow().state() != InputStatus.State.CONSUMED) {
                assertThat(log.next(PATIENCE)).as("what takes up " + input).isPresent();
            }
        }
    }

    private static void signal(Process child, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(child.pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    private void read(String line) {
        String id = line.substring(line.indexOf(' ') + 1);
        if (line.startsWith(ScheduleKillChild.REQUEST)) {
            requests.add(RequestId.of(id));
        } else if (line.startsWith(ScheduleKillChild.ANSWERED)) {
            answered.add(RequestId.of(id));
        } else if (line.startsWith(ScheduleKillChild.STEERED)) {
            steered.add(InputId.of(id));
        } else if (line.startsWith(ScheduleKillChild.ARCHIVED)) {
            archived.add(SessionId.of(id));
        } else {
            acknowledged.add(ScheduleId.of(line));
        }
    }

    /** The requests of which the log says that they are overdue. */
    private static List<RequestId> told(Session timed) throws InterruptedException {
        List<RequestId> told = new ArrayList<>();
        Cursor end = timed.snapshot().lastCursor().orElseThrow();
        try (EventStream log = timed.events(Cursor.START)) {
            while (log.position().compareTo(end) < 0) {
                if (log.next(PATIENCE).orElseThrow() instanceof SessionEvent.ReplyReceived reply) {
                    told.add(reply.reply().requestId());
                }
            }
        }
        return told;
    }

    /** What has come once nothing is left to come. */
    private static List<Firing> fired(Session timed) throws InterruptedException {
        List<Firing> fired = new ArrayList<>();
        try (EventStream log = timed.events(Cursor.START)) {
            boolean last = false;
            while (!last) {
                // Of what has fired, the log has all by the time it is asked for its end.
                last = timed.schedules().isEmpty();
                Cursor end = timed.snapshot().lastCursor().orElseThrow();
                while (log.position().compareTo(end) < 0) {
                    add(fired, log.next(PATIENCE).orElseThrow());
                }
                if (!last) {
                    add(fired, log.next(PATIENCE).orElseThrow());
                }
            }
        }
        return fired;
    }

    private static void add(List<Firing> fired, SessionEvent event) {
        if (event instanceof SessionEvent.InputAdmitted admitted
                && admitted.input().body() instanceof InputBody.Local local) {
            local.firing().ifPresent(fired::add);
        }
    }
}
