package dev.meerkat.benchmarks;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Trim;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A store after a year: sessions whose logs have some hundred thousand events together; then the same store with its last
 * month only. Arguments: data (an empty directory), sessions, events (external ones, in all).
 */
final class YearDriver {
    private static final Instant BEGIN = Instant.parse("2025-11-01T00:00:00Z");
    private static final Duration YEAR = Duration.ofDays(365);
    private static final int MONTHS = 12;
    private static final int OF_TURN = 8;
    private static final int PAGE = 100;
    private static final int ROUNDS = 21;
    /** The file gets shorter now and then only, when the write-ahead log is brought into it. */
    private static final long QUIET = TimeUnit.SECONDS.toNanos(20);

    private static final long MOST_WAIT = TimeUnit.MINUTES.toNanos(2);
    private static final String PAYLOAD = "x".repeat(480);

    private final Path file;
    private final int sessions;
    private final int events;
    private long ids;

    private YearDriver(Arguments arguments) {
        this.file = Path.of(arguments.text("data")).resolve("year.db");
        this.sessions = arguments.number("sessions");
        this.events = arguments.number("events");
    }

    static void run(Arguments arguments, Figures figures) throws Exception {
        new YearDriver(arguments).measure(figures);
    }

    private void measure(Figures figures) throws Exception {
        try (SessionStore store = SqliteStore.open(file)) {
            fill(store);
        }
        look("year/before/", figures);
        long start = System.nanoTime();
        long most = 0;
        try (SessionStore store = SqliteStore.open(file)) {
            for (SessionId id : store.retained(true, null, sessions)) {
                most = Math.max(most, trim(store, id));
            }
            figures.add("year/trim", millis(start));
            figures.add("year/step", most / 1e6);
            figures.add("year/shrunk", (awaitShrunk() - start) / 1e6);
        }
        look("year/after/", figures);
    }

    private UUID uuid() {
        return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | ++ids);
    }

    private static Instant at(long part, long of) {
        return BEGIN.plus(YEAR.multipliedBy(part).dividedBy(of));
    }

    private void fill(SessionStore store) throws Exception {
        List<SessionId> all = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            SessionId id = new SessionId(uuid());
            SessionSpec spec = SessionSpec.withoutPrompt().withKeepAliveAs("session-" + i);
            done(store.create(new NewSession(id, spec, new byte[] {1}, BEGIN, Optional.empty())));
            all.add(id);
        }
        int turns = events / OF_TURN;
        for (int turn = 0; turn < turns; turn++) {
            turn(store, all.get(turn % sessions), at(turn, turns), turn);
        }
    }

    private void turn(SessionStore store, SessionId id, Instant at, int number) throws Exception {
        List<CompletionStage<AppendResult>> appends = new ArrayList<>();
        for (int i = 0; i < OF_TURN; i++) {
            ExternalEvent event =
                    ExternalEvent.genericJson("deploy", Json.of(PAYLOAD)).withIdempotencyKey("key-" + number + "-" + i);
            NewInput input = new NewInput(new InputId(uuid()), at, Track.EXTERNAL, new InputBody.External(event));
            appends.add(store.append(InputAppend.local(id, input)));
        }
        TurnId turn = new TurnId(uuid());
        List<TranscriptEntry> entries = new ArrayList<>();
        for (CompletionStage<AppendResult> append : appends) {
            AppendResult.Appended appended = (AppendResult.Appended) done(append);
            entries.add(new TranscriptEntry.Input(at, turn, appended.input()));
        }
        entries.add(new TranscriptEntry.Answer(at, turn, "seen " + OF_TURN, false));
        StoredSession stored = store.load(id).orElseThrow();
        done(store.commit(new StepCommit(
                        id,
                        stored.standing().version(),
                        new SessionProgress(stored.inbox().admitted(), null, null))
                .withAdded(new StepCommit.Added(
                        entries,
                        List.of(new SessionEvent.TurnStarted(Cursor.START, at, turn, 1)),
                        List.of(),
                        List.of()))));
    }

    /** The longest step, in nanoseconds. */
    private static long trim(SessionStore store, SessionId id) throws Exception {
        StoredSession session = store.load(id).orElseThrow();
        long goes = session.log().last().sequence() * (MONTHS - 1) / MONTHS;
        long entries = session.log().messageCount() * (MONTHS - 1) / MONTHS;
        Trim trim = new Trim(id, new Cut(new Cursor(goes), entries), at(MONTHS - 1, MONTHS), Long.MAX_VALUE);
        long most = 0;
        boolean more = true;
        while (more) {
            long start = System.nanoTime();
            more = done(store.trim(trim));
            most = Math.max(most, System.nanoTime() - start);
        }
        return most;
    }

    /** The store gives back what is free while nothing is written; when the file had its new size, in nanoseconds. */
    private long awaitShrunk() throws IOException, InterruptedException {
        long before = Files.size(file);
        long size = before;
        long changed = System.nanoTime();
        while (System.nanoTime() - changed < (size == before ? MOST_WAIT : QUIET)) {
            TimeUnit.MILLISECONDS.sleep(50);
            long now = Files.size(file);
            if (now != size) {
                size = now;
                changed = System.nanoTime();
            }
        }
        if (size >= before) {
            throw new IllegalStateException("the file has not shrunk: it had " + before + " bytes, and has " + size);
        }
        return changed;
    }

    private void look(String name, Figures figures) throws Exception {
        figures.add(name + "size", Files.size(file) / 1e6);
        double[] open = new double[ROUNDS];
        double[] list = new double[ROUNDS];
        double[] page = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            SessionStore store = SqliteStore.open(file);
            open[i] = millis(start);
            start = System.nanoTime();
            List<SessionId> found = store.list(SessionQuery.all());
            for (SessionId id : found) {
                StoredSession unused = store.load(id).orElseThrow();
            }
            list[i] = millis(start);
            StoredSession session = store.load(found.get(i % found.size())).orElseThrow();
            start = System.nanoTime();
            int events = store.events(
                            session.id(), new Cursor(session.log().last().sequence() - PAGE), PAGE)
                    .size();
            int entries = store.transcript(session.id(), session.log().messageCount() - PAGE, PAGE)
                    .size();
            page[i] = millis(start);
            if (events != PAGE || entries != PAGE) {
                throw new IllegalStateException("the last page has " + events + " events and " + entries + " entries");
            }
            store.close();
        }
        figures.add(name + "open", Figures.median(open));
        figures.add(name + "list", Figures.median(list));
        figures.add(name + "page", Figures.median(page));
    }

    private static <T> T done(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(1, TimeUnit.MINUTES);
    }

    private static double millis(long start) {
        return (System.nanoTime() - start) / 1e6;
    }
}
