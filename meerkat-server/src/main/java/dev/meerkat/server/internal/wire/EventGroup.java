package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The wire events that one event of ours becomes, in their envelopes. */
final class EventGroup {
    private static final long VERSION_MASK = 0xffff_ffff_ffff_0fffL;
    private static final long VERSION_4 = 0x4000L;
    private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final ContractLine line;
    private final SessionId session;
    private final Cursor cursor;
    private final long millis;
    private final List<WireEvent> events = new ArrayList<>(2);
    private int parts;

    EventGroup(ContractLine line, SessionId session, Cursor cursor, long millis) {
        this.line = line;
        this.session = session;
        this.cursor = cursor;
        this.millis = millis;
    }

    long millis() {
        return millis;
    }

    /** One that the log numbers. */
    void logged(ObjectNode payload) {
        logged(payload, Optional.empty());
    }

    /** Some that the log numbers were told live: the numbers of the next are the same for who has not heard them. */
    void told(int count) {
        parts += count;
    }

    /** One that the log numbers, and that is the last of a run. */
    void end(ObjectNode payload, TurnId run) {
        logged(payload, Optional.of(run.toString()));
    }

    private void logged(ObjectNode payload, Optional<String> endOfRun) {
        long sequence = Sequences.of(cursor, parts++);
        UUID id = UUID.nameUUIDFromBytes((session + ":" + sequence).getBytes(StandardCharsets.UTF_8));
        add(payload, sequence, sequence, id, true, endOfRun);
    }

    /** One that has no number of its own: there may be any number of them. It shows again when the next is read again. */
    void beside(ObjectNode payload) {
        long sequence = Sequences.of(cursor, parts) - 1;
        add(payload, sequence, sequence, fresh(), false, Optional.empty());
    }

    /** One that is not in the log. */
    void live(ObjectNode payload) {
        long sequence = Sequences.after(cursor);
        add(payload, sequence, sequence, fresh(), false, Optional.empty());
    }

    /** A notice of the server itself, which is numbered 0. */
    void notice(ObjectNode payload) {
        add(payload, Sequences.after(cursor), 0, fresh(), false, Optional.empty());
    }

    private void add(ObjectNode payload, long sequence, long seq, UUID id, boolean logged, Optional<String> endOfRun) {
        ObjectNode envelope = WireJson.object();
        envelope.put("event_id", id.toString());
        envelope.putObject("source").put("type", "session").put("session_id", session.toString());
        if (line.hasOldEvents()) {
            envelope.put("source_id", "session:" + session);
        }
        envelope.put("seq", seq);
        envelope.put("timestamp_ms", millis);
        envelope.set("payload", payload);
        events.add(new WireEvent(sequence, logged, payload.path("type").textValue(), envelope, endOfRun));
    }

    /** It names an event, and guards nothing. */
    private static UUID fresh() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID((random.nextLong() & VERSION_MASK) | VERSION_4, (random.nextLong() & VARIANT_MASK) | VARIANT);
    }

    List<WireEvent> events() {
        return events;
    }
}
