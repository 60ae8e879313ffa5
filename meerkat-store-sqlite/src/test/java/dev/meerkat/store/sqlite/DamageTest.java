package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.Track;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Flips a byte in copies of a store: each is read as it was, or the store says that it is damaged. */
@Tag("heavy")
class DamageTest {
    private static final int RECORDS = 20;
    private static final int COPIES = Integer.getInteger("meerkat.damage.copies", 200);
    private static final int SESSIONS = 4;
    private static final int EVENTS = 40;
    private static final int CHARS = 1_500;

    private final List<SessionId> sessions = new ArrayList<>();
    private final List<NewInput> inputs = new ArrayList<>();
    private final List<RequestId> requests = new ArrayList<>();
    private MemoryPlace place;
    private Path original;

    @BeforeEach
    void nameTheFile() throws IOException {
        place = MemoryPlace.open();
        original = Files.createDirectory(place.path().resolve("original")).resolve("store.db");
    }

    @AfterEach
    void leave() throws IOException {
        place.close();
    }

    private void fill(SqliteStore store) throws Exception {
        for (int i = 0; i < SESSIONS; i++) {
            NewSession session = Script.session("session " + i);
            Script.done(store.create(session));
            sessions.add(session.id());
        }
        for (int i = 0; i < EVENTS; i++) {
            SessionId session = sessions.get(i % SESSIONS);
            Json payload = Json.parse("\"" + i + " " + "x".repeat(i * CHARS / EVENTS) + "\"");
            InputBody body = new InputBody.External(
                    ExternalEvent.genericJson("x", payload).withIdempotencyKey("key " + i));
            NewInput input = new NewInput(new InputId(Script.uuid()), Script.AT, Track.EXTERNAL, body);
            inputs.add(input);
            Script.done(Script.append(store, session, input));
        }
        PeerSender sender = new PeerSender(new PeerId(Script.uuid()), "a");
        for (int i = 0; i < SESSIONS; i++) {
            SessionId session = sessions.get(i);
            Envelope envelope = new Envelope(
                    new EnvelopeId(Script.uuid()),
                    new Envelope.Party(session, sender),
                    new Envelope.Party(sessions.get((i + 1) % SESSIONS), sender),
                    CommsCommand.PeerMessage.to("b", "hi " + i),
                    false,
                    Script.AT,
                    Optional.empty(),
                    true);
            Script.done(store.commit(new StepCommit(session, 0, SessionProgress.START)
                    .withAdded(new StepCommit.Added(
                            List.of(new TranscriptEntry.SystemPrompt(Script.AT, "be short " + i)),
                            List.of(new SessionEvent.TurnStarted(
                                    Cursor.START, Script.AT, new TurnId(Script.uuid()), 1)),
                            List.of(envelope),
                            List.of()))));
            RequestId request = new RequestId(Script.uuid());
            requests.add(request);
            InputBody asks = new InputBody.PeerRequest(
                    sender, request, CommsCommand.PeerRequest.to("b", "review", Json.EMPTY_OBJECT));
            NewInput asked = new NewInput(new InputId(Script.uuid()), Script.AT, Track.of(asks), asks);
            Script.done(store.append(new InputAppend(
                    session,
                    asked,
                    new Correlation.Opens(request, session, true, Optional.empty()),
                    Optional.empty())));
        }
    }

    /** Everything that a store says; the writes are known already, and change nothing. */
    private String read(SqliteStore store) throws Exception {
        StringBuilder all = new StringBuilder();
        all.append(store.list(SessionQuery.all())).append(store.unfinished(null, 100));
        all.append(store.named("default", null, 100)).append(store.deadLetters(null, 0, 100));
        for (int i = 0; i < SESSIONS; i++) {
            SessionId session = sessions.get(i);
            all.append(store.load(session)
                    .map(loaded -> loaded.spec().commsName() + " "
                            + loaded.standing().version() + loaded.inbox().admitted()
                            + loaded.standing().progress() + loaded.log().last()
                            + loaded.log().messageCount() + loaded.inbox().waitingExternalBytes()));
            all.append(store.find("default", "session " + i));
            for (Track track : Track.values()) {
                all.append(store.waiting(session, track, 0, 100));
            }
            all.append(store.events(session, Cursor.START, 1_000)).append(store.transcript(session, 0, 100));
            all.append(store.outbox(session, 0, 100)).append(store.retries(session));
            all.append(store.request(requests.get(i)));
        }
        for (int i = 0; i < inputs.size(); i += 7) {
            SessionId session = sessions.get(i % SESSIONS);
            NewInput input = inputs.get(i);
            all.append(store.place(session, input.id()));
            all.append(Script.done(Script.append(store, session, input)));
            NewInput sameKey = new NewInput(new InputId(Script.uuid()), Script.AT, Track.EXTERNAL, input.body());
            all.append(Script.done(Script.append(store, session, sameKey)));
        }
        return all.toString();
    }

    /** Whether a store says that it is damaged, naming its file; else it must say what is right. */
    private boolean isNamed(Path store, List<String> right) throws Exception {
        try (SqliteStore opened = SqliteStore.open(store)) {
            assertThat(right).contains(read(opened));
            return false;
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining(store.toString());
            return true;
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(StoreException.class).hasMessageContaining(store.toString());
            return true;
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    private static void flip(Path file, Random random) throws IOException {
        byte[] content = Files.readAllBytes(file);
        int end = content.length;
        while (content[end - 1] == 0) {
            end--;
        }
        content[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, content);
    }

    /** Flips a byte in one of the files of each copy, and counts what becomes of it. */
    private void flipInCopies(String what, Path from, List<Path> files, List<String> right) throws Exception {
        Random random = new Random(20261130);
        int named = 0;
        for (int i = 0; i < COPIES; i++) {
            long seed = random.nextLong();
            Random flips = new Random(seed);
            Path file = files.get(flips.nextInt(files.size())).getFileName();
            Path copy = copy(from, from.resolveSibling("copy " + i + ", a byte of " + file));
            flip(copy.resolve(file), flips);
            named += isNamed(copy.resolve("store.db"), right) ? 1 : 0;
            MemoryPlace.delete(copy);
        }
        System.out.println(what + ": flipped a byte in " + COPIES + " copies: " + named + " named, " + (COPIES - named)
                + " harmless, none wrong");
        assertThat(named).isPositive();
    }

    @Test
    void aFlippedByteOfAClosedStoreIsHarmlessOrNamed() throws Exception {
        try (SqliteStore store = SqliteStore.open(original)) {
            fill(store);
        }
        String right;
        Path first = copy(original.getParent(), place.path().resolve("first"));
        try (SqliteStore store = SqliteStore.open(first.resolve("store.db"))) {
            right = read(store);
        }

        flipInCopies("closed store", original.getParent(), List.of(original), List.of(right));
    }

    @Test
    void aFlippedByteOfWhatACrashLeftBesideTheDatabaseIsHarmlessOrNamedOrEndsWithTheLastRecord() throws Exception {
        // Nothing is committed but by an opening: the write-ahead log has what the second one found, the log what came
        // then.
        Settings kept =
                Settings.DEFAULT.withRhythm(new Settings.Rhythm(1_000_000, 1L << 30, 16L << 20, 600_000, 600_000));
        Path once = place.path().resolve("crashed once");
        Path crashed = place.path().resolve("crashed");
        List<String> right = new ArrayList<>();
        try (SqliteStore store = SqliteStore.open(original, kept)) {
            fill(store);
            copy(original.getParent(), once);
        }
        Files.deleteIfExists(once.resolve("store.db-shm"));
        try (SqliteStore store = SqliteStore.open(once.resolve("store.db"), kept)) {
            SessionId session = sessions.get(0);
            for (int i = 0; i < RECORDS; i++) {
                Script.done(Script.append(store, session, Script.message("a record")));
            }
            right.add(read(store));
            Script.done(Script.append(store, session, Script.message("the last record")));
            right.add(read(store));
            copy(once, crashed);
        }
        Files.deleteIfExists(crashed.resolve("store.db-shm"));
        List<Path> beside;
        try (Stream<Path> files = Files.list(crashed)) {
            beside = files.filter(file -> !file.endsWith("store.db") && !file.endsWith("store.db.lock"))
                    .sorted()
                    .toList();
        }
        assertThat(beside).hasSizeGreaterThan(1);

        flipInCopies("crashed store, log and write-ahead log", crashed, beside, right);
    }

    @Test
    void aFlippedByteOfTheChecksumsOrAMissingPieceOfThemIsNamed() throws Exception {
        String right;
        try (SqliteStore store = SqliteStore.open(original)) {
            fill(store);
            right = read(store);
        }
        byte[] whole = Files.readAllBytes(original);
        int pages = ByteBuffer.wrap(whole).getInt(28)
                * Short.toUnsignedInt(ByteBuffer.wrap(whole).getShort(16));
        assertThat(pages).isLessThan(whole.length);
        assertThat(SqliteStore.inspect(original, store -> {}).repairable()).isEmpty();
        Random random = new Random(20261130);
        int looked = 0;

        for (int i = 0; i < COPIES / 4; i++) {
            int at = pages + random.nextInt(whole.length - pages);
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            byte[] cut = Arrays.copyOf(whole, i == 0 ? pages : at);
            for (byte[] content : List.of(flipped, cut)) {
                Path copy = Files.createDirectory(place.path().resolve("tail " + looked++));
                Path store = Files.write(copy.resolve("store.db"), content);
                SqliteReport report = SqliteStore.inspect(store, opened -> {});
                assertThat(report.repairable())
                        .as("byte %d of %d", at, whole.length)
                        .hasSize(1);
                assertThat(report.repairable().get(0)).contains("checksums");
                assertThat(report.problems()).isEmpty();
                assertThat(Files.readAllBytes(store)).isEqualTo(content);
                if (i < 3) {
                    assertThat(isNamed(store, List.of(right, readAgain(store)))).isFalse();
                    assertThat(SqliteStore.inspect(store, opened -> {}).repairable())
                            .isEmpty();
                }
                MemoryPlace.delete(copy);
            }
        }
        System.out.println("checksums: flipped or cut a byte in " + looked + " copies: all named");
    }

    /** The second time, the writes of the first are known; they change nothing. */
    private String readAgain(Path store) throws Exception {
        Path copy = copy(store.getParent(), store.getParent().resolveSibling("again"));
        try (SqliteStore opened = SqliteStore.open(copy.resolve("store.db"))) {
            return read(opened);
        } finally {
            MemoryPlace.delete(copy);
        }
    }
}
