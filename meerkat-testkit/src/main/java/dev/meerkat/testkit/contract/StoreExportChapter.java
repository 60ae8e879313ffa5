package dev.meerkat.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.SessionExistsException;
import dev.meerkat.core.SessionFile;
import dev.meerkat.core.SessionFileException;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.DeleteResult;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.SessionRestore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Trim;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Stores: sessions that are exported and imported. */
public abstract class StoreExportChapter extends StoreRetentionChapter {
    private static final int SEEDS = 15;

    /** For the next chapter. */
    StoreExportChapter() {}

    private static String exported(SessionStore store, SessionId id) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            SessionFile.write(store, id, out);
        } catch (IOException e) {
            throw new AssertionError("writing to memory", e);
        }
        return out.toString(UTF_8);
    }

    private static SessionId imported(SessionStore store, String file) {
        return imported(store, file.getBytes(UTF_8));
    }

    private static SessionId imported(SessionStore store, byte[] file) {
        try {
            return SessionFile.read(store, new ByteArrayInputStream(file));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("reading from memory", e);
        }
    }

    private void gone(SessionId id) {
        if (!load(id).standing().archived()) {
            archive(id);
        }
        assertThat(done(store().delete(id))).isEqualTo(DeleteResult.DELETED);
    }

    /** A session with something of each kind, waiting and done. */
    private SessionId rich(String name) {
        SessionId other = create(named(name + "-peer"));
        SessionId id = full(name);
        RequestId sent = request(id, other, true);
        done(store().append(response(id, other, sent, ResponseStatus.COMPLETED)));
        RequestId unanswered = request(id, other, false);
        RequestId owed = request(other, id, false);
        admit(
                id,
                event(ExternalEvent.genericJson("waits", Json.parse("{\"payload\":\"\\u2028 \\n\"}"))
                        .withIdempotencyKey("w")));
        admit(id, message("steered"));
        Schedule schedule = new Schedule(
                new ScheduleId(uuid()),
                ScheduleSpec.at(AT.plusSeconds(5), CommsCommand.Input.of("x")),
                AT,
                AT.plusSeconds(5));
        done(store().change(new ScheduleChange.Add(id, schedule, 9)));
        assertThat(store().request(unanswered)).isPresent();
        assertThat(store().request(owed)).isPresent();
        return id;
    }

    @Test
    public void aSessionThatIsImportedIsWhatItWas() {
        SessionId id = rich("a");
        StoredSession before = load(id);
        List<SessionEvent> log = events(id);
        List<TranscriptEntry> transcript = store().transcript(id, 0, 100);
        List<?> waiting = store().waiting(id, Track.EXTERNAL, 0, 100);
        List<?> letters = store().deadLetters(id, 0, 100);
        List<?> outbox = outbox(id);
        List<?> schedules = store().schedules(id, null, 10);
        String file = exported(store(), id);
        gone(id);

        assertThat(imported(store(), file)).isEqualTo(id);

        for (int i = 0; i < 2; i++) {
            assertThat(parts(load(id))).isEqualTo(parts(before));
            assertThat(events(id)).isEqualTo(log);
            assertThat(store().transcript(id, 0, 100)).isEqualTo(transcript);
            assertThat(store().waiting(id, Track.EXTERNAL, 0, 100)).isEqualTo(waiting);
            assertThat(store().deadLetters(id, 0, 100)).isEqualTo(letters);
            assertThat(outbox(id)).isEqualTo(outbox);
            assertThat(store().schedules(id, null, 10)).isEqualTo(schedules);
            assertThat(store().find("default", "a")).contains(id);
            assertThat(store().list(SessionQuery.all().withLabel("k", "v"))).containsExactly(id);
            assertThat(store().unfinished(null, 10)).contains(id);
            assertThat(exported(store(), id)).isEqualTo(file);
            reopenStore();
        }
    }

    @Test
    public void whatWasKnownBeforeIsADuplicateAfter() {
        SessionId id = rich("a");
        SessionId other = store().find("default", "a-peer").orElseThrow();
        ExternalEvent event = ExternalEvent.genericJson("x", Json.parse("1")).withIdempotencyKey("again");
        NewInput first = input(event(event));
        append(id, first);
        RequestId request = request(id, other, true);
        InputAppend reply = response(id, other, request, ResponseStatus.COMPLETED);
        done(store().append(reply));
        String file = exported(store(), id);
        gone(id);
        imported(store(), file);

        assertThat(append(id, first)).isInstanceOf(AppendResult.Duplicate.class);
        assertThat(append(id, input(event(event))))
                .isInstanceOfSatisfying(
                        AppendResult.Duplicate.class,
                        duplicate -> assertThat(duplicate.first()).isEqualTo(first.id()));
        assertThat(append(
                        id,
                        input(event(ExternalEvent.genericJson("y", Json.NULL).withIdempotencyKey("again")))))
                .isEqualTo(new AppendResult.Conflict(first.id()));
        assertThat(done(store().append(reply))).isInstanceOf(AppendResult.Duplicate.class);
        StoredSession session = load(id);
        assertThat(done(store().commit(new StepCommit(
                                id,
                                session.standing().version(),
                                session.standing().progress())
                        .withContextKey(new ContextKey("note", "1")))))
                .isInstanceOf(StepResult.KeyTaken.class);
    }

    @Test
    public void numberingGoesOnAfterAnImport() {
        SessionId id = rich("a");
        long last = load(id).log().last().sequence();
        long external = load(id).inbox().admitted().external();
        String file = exported(store(), id);
        gone(id);
        imported(store(), file);

        AppendResult.Appended next = admit(id, event("next"));

        assertThat(next.number()).isEqualTo(external + 1);
        assertThat(next.input().position()).isEqualTo(new Cursor(last + 1));
        assertThat(positions(id)).doesNotHaveDuplicates().hasSize((int) last + 1);
        commit(id, consumed(id));
        assertThat(load(id).inbox().waitingExternalBytes()).isZero();
        assertThat(store().waiting(id, Track.EXTERNAL, 0, 100)).isEmpty();
        gone(id);
        assertThat(exportedNot(id)).isTrue();
    }

    private boolean exportedNot(SessionId id) {
        assertThatThrownBy(() -> SessionFile.write(store(), id, new ByteArrayOutputStream()))
                .isInstanceOf(SessionNotFoundException.class)
                .hasMessageContaining(id.toString());
        return true;
    }

    @Test
    public void anArchivedSessionStaysArchivedAndItsNameIsFree() {
        SessionId id = rich("a");
        archive(id);
        String file = exported(store(), id);
        gone(id);
        SessionId other = create(named("a"));

        imported(store(), file);

        assertThat(load(id).standing().archived()).isTrue();
        assertThat(store().find("default", "a")).contains(other);
        assertThat(store().list(SessionQuery.all().ofArchived())).containsExactly(id);
        assertThat(exported(store(), id)).isEqualTo(file);
    }

    @Test
    public void anIdOrANameThatIsTakenIsRefusedAndNothingIsStored() {
        SessionId id = rich("a");
        String file = exported(store(), id);

        assertThatThrownBy(() -> imported(store(), file))
                .isInstanceOfSatisfying(
                        SessionExistsException.class,
                        taken -> assertThat(taken.id()).isEqualTo(id));
        archive(id);
        assertThatThrownBy(() -> imported(store(), file)).isInstanceOf(SessionExistsException.class);
        gone(id);
        SessionId holder = create(named("a"));

        assertThatThrownBy(() -> imported(store(), file))
                .isInstanceOfSatisfying(
                        CommsNameTakenException.class,
                        taken -> assertThat(taken.holder()).isEqualTo(holder));

        assertThat(store().load(id)).isEmpty();
        gone(holder);
        imported(store(), file);
        assertThat(exported(store(), id)).isEqualTo(file);
    }

    @Test
    public void aDamagedFileIsRefusedByItsLineAndLeavesNothing() {
        SessionId id = rich("a");
        String file = exported(store(), id);
        gone(id);
        List<String> lines = file.lines().toList();
        List<SessionId> before = store().list(SessionQuery.all());

        for (int i = 0; i < lines.size(); i++) {
            int line = i + 1;
            refused(line, replaced(lines, i, lines.get(i).replace("\":", "\" :")));
            refused(
                    line,
                    replaced(lines, i, lines.get(i).substring(0, lines.get(i).length() / 2)));
            refused(line, join(lines.subList(0, i)));
            refused(
                    line,
                    join(lines.subList(0, i))
                            + lines.get(i).substring(0, lines.get(i).length() / 3 + 1));
            if (i + 1 < lines.size()) {
                List<String> without = new ArrayList<>(lines);
                without.remove(i);
                refused(line, join(without));
                List<String> swapped = new ArrayList<>(lines);
                swapped.set(i, lines.get(i + 1));
                swapped.set(i + 1, lines.get(i));
                refused(line, join(swapped));
            }
        }
        refused(lines.size() + 1, file + "{}\n");
        refused(1, "");
        refused(1, "\n");
        refused(1, "{\"kind\":\"session\"}\n");
        refused(1, "not a session at all");

        for (int i = 0; i < 2; i++) {
            assertThat(store().load(id)).isEmpty();
            assertThat(store().find("default", "a")).isEmpty();
            assertThat(store().list(SessionQuery.all())).isEqualTo(before);
            reopenStore();
        }
        imported(store(), file);
        assertThat(exported(store(), id)).isEqualTo(file);
    }

    private static List<String> replaced(List<String> lines, int at, String by) {
        List<String> changed = new ArrayList<>(lines);
        changed.set(at, by);
        return changed;
    }

    private static String join(List<String> lines) {
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private void refused(int line, List<String> lines) {
        refused(line, join(lines));
    }

    private void refused(int line, String file) {
        assertThatThrownBy(() -> imported(store(), file))
                .isInstanceOfSatisfying(
                        SessionFileException.class,
                        refused -> assertThat(refused.line()).isEqualTo(line))
                .hasMessageContaining("line " + line + " ");
    }

    @Test
    public void anImportThatIsNotFinishedLeavesNothing() {
        SessionId id = rich("a");
        List<SessionPart> parts = new ArrayList<>();
        assertThat(store().export(id, parts::add)).isTrue();
        String file = exported(store(), id);
        gone(id);
        SessionPart.Head head = (SessionPart.Head) parts.remove(0);

        try (SessionRestore restore = store().restore(head)) {
            done(restore.add(parts.subList(0, parts.size() / 2)));
            assertThat(store().load(id)).isEmpty();
            assertThat(store().list(SessionQuery.all())).hasSize(1);
            done(restore.add(parts.subList(parts.size() / 2, parts.size())));
            assertThat(events(id)).isEmpty();
            assertThat(store().find("default", "a")).isEmpty();
            SessionId between = create(named("between"));
            assertThat(append(between, input(message("goes on")))).isInstanceOf(AppendResult.Appended.class);
        }

        assertThat(store().load(id)).isEmpty();
        imported(store(), file);
        assertThat(exported(store(), id)).isEqualTo(file);
    }

    @Test
    public void exportImportAndExportGiveTheSameBytesThroughOtherStoresToo() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SessionId id = random(new Random(seed), "s" + seed);
            String file = exported(store(), id);
            gone(id);
            try (MemoryStore memory = MemoryStore.create()) {
                imported(memory, file);
                assertThat(exported(memory, id)).as("seed %d", seed).isEqualTo(file);
                imported(store(), exported(memory, id));
            }
            reopenStore();
            assertThat(exported(store(), id)).as("seed %d", seed).isEqualTo(file);
            archive(id);
        }
    }

    /** A session with a random past, some of which may be removed. */
    private SessionId random(Random random, String name) {
        SessionId other = create(named(name + "-peer"));
        SessionId id = create(random.nextBoolean() ? named(name).withSystemPrompt("be short") : named(name));
        int steps = random.nextInt(60);
        for (int i = 0; i < steps; i++) {
            switch (random.nextInt(6)) {
                case 0 -> admit(id, message("m" + i));
                case 1 ->
                    admit(
                            id,
                            event(ExternalEvent.genericJson("e", Json.of(List.of(i)))
                                    .withIdempotencyKey("k" + i)));
                case 2 -> {
                    RequestId request = request(id, other, random.nextBoolean());
                    if (random.nextBoolean()) {
                        done(store().append(response(id, other, request, ResponseStatus.COMPLETED)));
                    }
                }
                case 3 -> request(other, id, false);
                case 4 -> send(id, envelope(id, other, "out" + i));
                default -> step(random, id, i);
            }
        }
        if (random.nextBoolean()) {
            StoredSession session = load(id);
            done(store().trim(new Trim(
                    id,
                    new Cut(
                            new Cursor(random.nextInt((int) session.log().last().sequence())),
                            random.nextInt((int) session.log().messageCount() + 1)),
                    AT.plusSeconds(1),
                    random.nextInt(5))));
        }
        return id;
    }

    private void step(Random random, SessionId id, int i) {
        StoredSession session = load(id);
        List<TranscriptEntry> entries = new ArrayList<>();
        List<FailedInput> failed = new ArrayList<>();
        List<FailedInput.State> states = List.of(FailedInput.State.values());
        store().waiting(id, Track.EXTERNAL, 0, 10).forEach(waiting -> {
            entries.add(new TranscriptEntry.Input(AT, TURN, waiting.input()));
            if (random.nextBoolean()) {
                failed.add(failed(waiting.input(), states.get(random.nextInt(states.size())), Duration.ofSeconds(i)));
            }
        });
        entries.add(new TranscriptEntry.Answer(AT, TURN, "answer \u2028 " + i, false));
        commit(new StepCommit(id, session.standing().version(), consumed(id))
                .withAdded(new StepCommit.Added(entries, List.of(started(i + 1)), List.of(), failed))
                .withContextKey(new ContextKey("key \ud83d\ude00\uffee " + i, "d" + i)));
    }
}
