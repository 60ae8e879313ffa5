package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoreCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gives changed bytes to each parser of what the store has on disk: it reads a value, which it reads again from what it
 * writes of it, or refuses with an exception. It never ends with an error of the machine, such as a full stack. The changes
 * come from a seed; coverage does not guide them.
 */
@Timeout(600)
class ParsersFuzzTest {
    private static final int CASES = Integer.getInteger("meerkat.fuzz.cases", 5_000);
    private static final long SEED = Long.getLong("meerkat.fuzz.seed", 20261130);
    private static final int MOST_CHANGES = 3;

    private static final byte[][] PIECES = Stream.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    "\"",
                    "\\u0000",
                    "\\ud800",
                    "null",
                    "-1",
                    "1e999",
                    "9223372036854775808",
                    ",",
                    ":",
                    "\0")
            .map(piece -> piece.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);

    /**
     * A parser.
     *
     * @param name what it reads
     * @param again reads bytes, and writes what it found
     * @param seeds bytes that it can read
     */
    record Parser(String name, UnaryOperator<byte[]> again, List<byte[]> seeds) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Parser> parsers() {
        PeerSender sender = new PeerSender(new PeerId(Script.uuid()), "a");
        CommsCommand.PeerMessage says = CommsCommand.PeerMessage.to("b", "hi \u00e4\ud83d\ude00");
        InputBody external =
                new InputBody.External(ExternalEvent.genericJson("x", Json.parse("{\"a\":[1,2.5,null,true,\"b\"]}"))
                        .withIdempotencyKey("k"));
        InputBody request = new InputBody.PeerRequest(
                sender, new RequestId(Script.uuid()), CommsCommand.PeerRequest.to("b", "review", Json.EMPTY_OBJECT));
        NewInput input = Script.event(Json.of("payload"));
        TurnId turn = new TurnId(Script.uuid());
        Cursor cursor = new Cursor(3);
        AdmittedInput admitted = input.admitted(cursor);
        SessionId session = new SessionId(Script.uuid());
        Envelope.Party both = new Envelope.Party(session, sender);
        Envelope envelope =
                new Envelope(new EnvelopeId(Script.uuid()), both, both, says, true, Script.AT, Optional.empty(), true);
        List<Change> changes = List.of(
                new Change(RowChange.EVENT, new Object[] {1L, 2L, "body".getBytes(StandardCharsets.UTF_8)}),
                new Change(RowChange.NEW_LABEL, new Object[] {"name", "value", null}));
        return Stream.of(
                new Parser(
                        "inputs",
                        bytes -> StoreCodec.encode(StoreCodec.decodeInput(bytes)),
                        List.of(StoreCodec.encode(external), StoreCodec.encode(request))),
                new Parser(
                        "inputs as admitted",
                        bytes -> StoreCodec.encode(StoreCodec.decodeAdmitted(bytes, input.id(), cursor, Script.AT)
                                .body()),
                        List.of(StoreCodec.encode(input), StoreCodec.encode(Script.message("m")))),
                new Parser(
                        "events",
                        bytes -> StoreCodec.encode(StoreCodec.decodeEvents(bytes, cursor)),
                        List.of(
                                StoreCodec.encode(List.of(
                                        new SessionEvent.TurnStarted(cursor, Script.AT, turn, 1),
                                        new SessionEvent.InputStaged(cursor, Script.AT, turn, List.of(input.id())))),
                                StoreCodec.encode(new SessionEvent.TurnStarted(cursor, Script.AT, turn, 1)),
                                StoreCodec.encode(new SessionEvent.Lifecycle(
                                        cursor, Script.AT, SessionEvent.Lifecycle.Phase.CREATED)))),
                new Parser(
                        "transcripts",
                        bytes -> StoreCodec.encode(StoreCodec.decodeTranscript(bytes)),
                        List.of(
                                StoreCodec.encode(new TranscriptEntry.SystemPrompt(Script.AT, "be short")),
                                StoreCodec.encode(new TranscriptEntry.Input(Script.AT, turn, admitted)))),
                new Parser(
                        "envelopes",
                        bytes -> StoreCodec.encode(StoreCodec.decodeEnvelope(bytes)),
                        List.of(StoreCodec.encode(envelope))),
                new Parser(
                        "session specs",
                        bytes -> StoreCodec.encode(StoreCodec.decodeSpec(bytes)),
                        List.of(StoreCodec.encode(SessionSpec.ofPrompt("hi").withKeepAliveAs("a")))),
                new Parser(
                        "progress",
                        bytes -> StoreCodec.encode(StoreCodec.decodeProgress(bytes)),
                        List.of(StoreCodec.encode(SessionProgress.START))),
                new Parser("changes", bytes -> form(ChangeForm.read(ByteBuffer.wrap(bytes))), List.of(form(changes))),
                new Parser("journal records", ParsersFuzzTest::firstRecord, List.of(record(7, changes))),
                new Parser(
                        "JSON",
                        bytes -> Json.parse(new String(bytes, StandardCharsets.UTF_8))
                                .text()
                                .getBytes(StandardCharsets.UTF_8),
                        List.of("{\"a\":[1,-2.5e3,\"\\u00e4\\n\",{}],\"b\":null}".getBytes(StandardCharsets.UTF_8))));
    }

    private static byte[] record(long number, List<Change> changes) {
        ByteBuffer record = ByteBuffer.allocate(JournalRecord.bound(changes));
        JournalRecord.write(number, changes, record);
        return Arrays.copyOf(record.array(), record.limit());
    }

    private static byte[] form(List<Change> changes) {
        ByteBuffer form = ByteBuffer.allocate(JournalRecord.bound(changes));
        changes.forEach(change -> ChangeForm.write(change, form));
        return Arrays.copyOf(form.array(), form.position());
    }

    private static byte[] firstRecord(byte[] segment) {
        JournalRecord found = JournalRecord.from(ByteBuffer.wrap(segment), 0, 1, 1L << 40)
                .orElseThrow(() -> new IllegalArgumentException("there is none"));
        return record(found.number(), ChangeForm.read(found.changes()));
    }

    private static byte[] changed(byte[] seed, Random random) {
        byte[] bytes = seed.clone();
        for (int i = 1 + random.nextInt(MOST_CHANGES); i > 0; i--) {
            int at = random.nextInt(bytes.length + 1);
            switch (random.nextInt(6)) {
                case 0 -> bytes = at == bytes.length ? bytes : with(bytes, at, bytes[at] ^ (1 << random.nextInt(8)));
                case 1 -> bytes = at == bytes.length ? bytes : with(bytes, at, random.nextInt(256));
                case 2 -> bytes = joined(bytes, at, PIECES[random.nextInt(PIECES.length)], at);
                case 3 -> bytes = joined(bytes, at, new byte[0], Math.min(bytes.length, at + 1 + random.nextInt(8)));
                case 4 -> {
                    int from = random.nextInt(bytes.length + 1);
                    bytes = joined(bytes, at, Arrays.copyOfRange(bytes, from, bytes.length), at);
                }
                default -> bytes = Arrays.copyOf(bytes, at);
            }
        }
        return bytes;
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    /** The bytes before a place, others, and those from another place on. */
    private static byte[] joined(byte[] bytes, int before, byte[] middle, int from) {
        byte[] joined = Arrays.copyOf(bytes, before + middle.length + bytes.length - from);
        System.arraycopy(middle, 0, joined, before, middle.length);
        System.arraycopy(bytes, from, joined, before + middle.length, bytes.length - from);
        return joined;
    }

    @ParameterizedTest
    @MethodSource("parsers")
    void changedBytesAreReadOrRefused(Parser parser) {
        for (byte[] seed : parser.seeds()) {
            assertThat(read(parser, seed)).isPresent();
        }
        int read = 0;
        for (int i = 0; i < CASES; i++) {
            Random random = new Random(SEED + i);
            byte[] bytes = changed(parser.seeds().get(i % parser.seeds().size()), random);
            Optional<byte[]> found = read(parser, bytes);
            if (found.isPresent()) {
                read++;
                assertThat(parser.again().apply(found.get()))
                        .as("%s, seed %s: what is written is read as the same", parser, SEED + i)
                        .isEqualTo(found.get());
            }
        }
        System.out.println(parser + ": " + CASES + " changed inputs, " + read + " read, " + (CASES - read)
                + " refused, from seed " + SEED);
        assertThat(CASES).isPositive();
    }

    private static Optional<byte[]> read(Parser parser, byte[] bytes) {
        try {
            return Optional.of(parser.again().apply(bytes));
        } catch (RuntimeException e) {
            // The store says then which row or record it is.
            return Optional.empty();
        }
    }
}
