package dev.meerkat.store.sqlite;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Timing;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.SessionFile;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.TurnRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;

/**
 * A parser of what a store has on disk, or of a session's file.
 *
 * @param name what it reads
 * @param again reads bytes, and writes what it found
 * @param seeds bytes that it can read
 */
record StoredParser(String name, UnaryOperator<byte[]> again, List<byte[]> seeds) {
    @Override
    public String toString() {
        return name;
    }

    /** What was read, as it is written; empty if it was refused. */
    Optional<byte[]> read(byte[] bytes) {
        try {
            return Optional.of(again.apply(bytes));
        } catch (RuntimeException e) {
            // The store says then which row or record it is.
            return Optional.empty();
        }
    }

    static List<StoredParser> all() {
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
        Schedule schedule = new Schedule(
                new ScheduleId(Script.uuid()),
                ScheduleSpec.cron(Timing.Cron.of("0 9 * * MON-FRI", ZoneOffset.UTC), CommsCommand.Input.of("wake"))
                        .withKey("k"),
                Script.AT,
                Script.AT);
        List<Change> changes = List.of(
                new Change(RowChange.EVENT, new Object[] {1L, 2L, "body".getBytes(StandardCharsets.UTF_8)}),
                new Change(RowChange.NEW_LABEL, new Object[] {"name", "value", null}));
        return List.of(
                new StoredParser(
                        "inputs",
                        bytes -> StoreCodec.encode(StoreCodec.decodeInput(bytes)),
                        List.of(StoreCodec.encode(external), StoreCodec.encode(request))),
                new StoredParser(
                        "inputs as admitted",
                        bytes -> StoreCodec.encode(StoreCodec.decodeAdmitted(bytes, input.id(), cursor, Script.AT)
                                .body()),
                        List.of(StoreCodec.encode(input), StoreCodec.encode(Script.message("m")))),
                new StoredParser(
                        "events",
                        bytes -> StoreCodec.encode(StoreCodec.decodeEvents(bytes, cursor)),
                        List.of(
                                StoreCodec.encode(List.of(
                                        new SessionEvent.TurnStarted(cursor, Script.AT, turn, 1),
                                        new SessionEvent.InputStaged(cursor, Script.AT, turn, List.of(input.id())))),
                                StoreCodec.encode(new SessionEvent.TurnStarted(cursor, Script.AT, turn, 1)),
                                StoreCodec.encode(new SessionEvent.Lifecycle(
                                        cursor, Script.AT, SessionEvent.Lifecycle.Phase.CREATED)))),
                new StoredParser(
                        "transcripts",
                        bytes -> StoreCodec.encode(StoreCodec.decodeTranscript(bytes)),
                        List.of(
                                StoreCodec.encode(new TranscriptEntry.SystemPrompt(Script.AT, "be short")),
                                StoreCodec.encode(new TranscriptEntry.Input(Script.AT, turn, admitted)))),
                new StoredParser(
                        "envelopes",
                        bytes -> StoreCodec.encode(StoreCodec.decodeEnvelope(bytes)),
                        List.of(StoreCodec.encode(envelope))),
                new StoredParser(
                        "session specs",
                        bytes -> StoreCodec.encode(StoreCodec.decodeSpec(bytes)),
                        List.of(StoreCodec.encode(SessionSpec.ofPrompt("hi").withKeepAliveAs("a")))),
                new StoredParser(
                        "progress",
                        bytes -> StoreCodec.encode(StoreCodec.decodeProgress(bytes)),
                        List.of(StoreCodec.encode(SessionProgress.START))),
                new StoredParser(
                        "failed inputs",
                        bytes -> StoreCodec.encode(StoreCodec.decodeFailed(bytes, admitted, FailedInput.State.DEAD)),
                        List.of(StoreCodec.encode(new FailedInput(
                                admitted,
                                FailedInput.State.DEAD,
                                new TurnRecord(turn, 1, 0, 0, Marks.ZERO, null),
                                Script.AT,
                                Duration.ofSeconds(1),
                                Duration.ofHours(1),
                                "agent_error",
                                "no model")))),
                new StoredParser(
                        "schedules",
                        bytes -> StoreCodec.encode(StoreCodec.decodeSchedule(bytes, schedule.id(), Script.AT)),
                        List.of(StoreCodec.encode(schedule))),
                new StoredParser(
                        "commands",
                        bytes -> StoreCodec.encode(StoreCodec.decodeCommand(bytes)),
                        List.of(StoreCodec.encode(says))),
                new StoredParser(
                        "replies",
                        bytes -> StoreCodec.encode(StoreCodec.decodeReply(bytes)),
                        List.of(StoreCodec.encode(new PeerReply(
                                new RequestId(Script.uuid()),
                                sender,
                                ResponseStatus.COMPLETED,
                                Json.of(1),
                                List.of(),
                                ContentTaint.UNDECLARED,
                                Script.AT)))),
                new StoredParser("session files", StoredParser::copied, List.of(file())),
                new StoredParser(
                        "changes", bytes -> form(ChangeForm.read(ByteBuffer.wrap(bytes))), List.of(form(changes))),
                new StoredParser("journal records", StoredParser::firstRecord, List.of(record(7, changes))),
                new StoredParser(
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

    private static byte[] copied(byte[] file) {
        try (MemoryStore store = MemoryStore.create()) {
            SessionId id = SessionFile.read(store, new ByteArrayInputStream(file));
            return written(store, id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] file() {
        try (MemoryStore store = MemoryStore.create()) {
            SessionId id = Script.create(store, "a");
            Script.done(Script.append(store, id, Script.message("m")));
            return written(store, id);
        } catch (IOException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] written(MemoryStore store, SessionId id) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SessionFile.write(store, id, out);
        return out.toByteArray();
    }
}
