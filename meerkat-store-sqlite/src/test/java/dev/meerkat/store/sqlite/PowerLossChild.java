package dev.meerkat.store.sqlite;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.Track;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Writes events and steps to a store, opened several times, and notes in a file beside it what was acknowledged. Arguments:
 * the directory, and a fault to plant, or none; or that a store is only to be opened, and whether it is closed then.
 */
final class PowerLossChild {
    static final int SESSIONS = 3;
    static final int OPENINGS = 3;
    static final int ROUNDS = 40;
    static final String NOTES = "acknowledged";
    static final String RECOVERY = "recovery";
    private static final Settings OFTEN =
            Settings.DEFAULT.withRhythm(new Settings.Rhythm(4, 8_000, 30_000, 60_000, 60_000));

    private PowerLossChild() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        String fault = args[1];
        if (fault.equals(RECOVERY)) {
            SqliteStore recovered = SqliteStore.open(directory.resolve("store.db"), OFTEN);
            if (args[2].equals("closed")) {
                recovered.close();
            }
            Runtime.getRuntime().halt(0);
        }
        Path notes = Files.createFile(directory.resolve(NOTES));
        List<SessionId> sessions = new ArrayList<>();
        for (int opening = 0; opening < OPENINGS; opening++) {
            try (SqliteStore store = SqliteStore.open(directory.resolve("store.db"), settings(fault, opening))) {
                for (int i = sessions.size(); i < SESSIONS; i++) {
                    NewSession session = Script.session("session " + i);
                    Script.done(store.create(session));
                    sessions.add(session.id());
                    note(notes, "session " + i + " " + session.id());
                }
                for (int round = opening * ROUNDS; round < (opening + 1) * ROUNDS; round++) {
                    write(store, sessions, round, notes, fault);
                }
            }
        }
        // As if the power were lost: nothing is closed any more.
        Runtime.getRuntime().halt(0);
    }

    private static Settings settings(String fault, int opening) {
        return switch (fault) {
            case "no sync" -> OFTEN.withAppend((segment, record) -> segment.append(record));
            case "watermark ahead" ->
                OFTEN.withCommit(db -> {
                    db.execute("UPDATE meta SET journal = journal + 2");
                    db.commit();
                });
            case "outbox before the commit" -> OtherRecords.outboxFirst(OFTEN);
            case "key after its event" -> OtherRecords.keyLater(OFTEN);
            case "resumed past a torn record" -> opening == 0 ? OFTEN : OtherRecords.pastOne(OFTEN);
            default -> OFTEN;
        };
    }

    /** Some events and a step for each session, which share few syncs. */
    private static void write(SqliteStore store, List<SessionId> sessions, int round, Path notes, String fault)
            throws Exception {
        List<Map.Entry<String, CompletionStage<?>>> writes = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            SessionId session = sessions.get(i);
            for (int n = 0; n <= i; n++) {
                int number = round * (i + 1) + n + 1;
                Json payload = Json.parse("\"" + number + " " + "x".repeat(number % 7 * 100) + "\"");
                InputBody event = new InputBody.External(
                        ExternalEvent.genericJson("x", payload).withIdempotencyKey("key " + number));
                NewInput input = new NewInput(new InputId(Script.uuid()), Script.AT, Track.EXTERNAL, event);
                writes.add(Map.entry("event " + i + " " + number, Script.append(store, session, input)));
            }
            StepCommit step = new StepCommit(session, round, SessionProgress.START)
                    .withAdded(new StepCommit.Added(List.of(), List.of(), List.of(message(session, round)), List.of()));
            writes.add(Map.entry("step " + i + " " + (round + 1), store.commit(step)));
            writes.add(Map.entry("schedule " + i + " " + (round + 1), store.change(schedule(session, round))));
            writes.add(Map.entry("request " + i + " " + (round + 1), store.append(request(session, round))));
        }
        for (Map.Entry<String, CompletionStage<?>> write : writes) {
            if (fault.equals("acknowledged before the sync")) {
                note(notes, write.getKey());
                Script.done(write.getValue());
            } else {
                Script.done(write.getValue());
                note(notes, write.getKey());
            }
        }
    }

    /** What a step sends; it says which step it is of. */
    private static Envelope message(SessionId session, int round) {
        PeerSender peer = new PeerSender(new PeerId(Script.uuid()), "a");
        CommsCommand.PeerMessage says = CommsCommand.PeerMessage.to("a", Integer.toString(round));
        Envelope.Party both = new Envelope.Party(session, peer);
        return new Envelope(new EnvelopeId(Script.uuid()), both, both, says, false, Script.AT, Optional.empty(), true);
    }

    private static ScheduleChange.Add schedule(SessionId session, int round) {
        Instant due = Script.AT.plusSeconds(round);
        ScheduleSpec spec = ScheduleSpec.at(due, CommsCommand.Input.of(Integer.toString(round)));
        return new ScheduleChange.Add(
                session, new Schedule(new ScheduleId(Script.uuid()), spec, Script.AT, due), Integer.MAX_VALUE);
    }

    /** A request of a session to itself, with a deadline. */
    private static InputAppend request(SessionId session, int round) {
        RequestId id = new RequestId(Script.uuid());
        PeerSender peer = new PeerSender(new PeerId(Script.uuid()), "a");
        InputBody body = new InputBody.PeerRequest(
                peer, id, CommsCommand.PeerRequest.to("a", Integer.toString(round), Json.NULL));
        return new InputAppend(
                session,
                new NewInput(new InputId(id.value()), Script.AT, Track.QUEUED, body),
                new Correlation.Opens(id, session, true, Optional.of(Script.AT.plusSeconds(round))),
                Optional.empty());
    }

    private static void note(Path notes, String what) throws Exception {
        Files.write(notes, (what + "\n").getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
    }
}
