package dev.meerkat.store.postgres;

import dev.meerkat.api.InputId;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known to the writes of one group, and what they change: each write finds what those before it have changed. At
 * the end, {@link #last} writes all of it at once. Confined to the committer.
 */
final class Known {
    /** An id, or the hash of a key, within a session. */
    record Of(SessionId session, UUID id) {}

    /** A text within a session. */
    record Text(SessionId session, String key) {}

    /** A name within a realm. */
    record Name(String realm, String name) {}

    /**
     * An input that is there.
     *
     * @param seq its place in the log
     * @param inbox false for a response to a handle, which never was in the inbox
     * @param failed what became of it if it failed, or null
     */
    record Input(long seq, boolean inbox, FailedInput.@Nullable State failed) {}

    /**
     * Who has a shard.
     *
     * @param node the node, or null if nobody has it
     * @param epoch the shard's epoch
     */
    record Owner(@Nullable UUID node, long epoch) {}

    /** A row that may be written more than once in a group; the last one counts. */
    private record Place(long session, long seq) {}

    private static final String SETTLED = "DELETE FROM $.outbox o USING " + Table.unnest("int8", "uuid")
            + " u(session_no, id) WHERE o.session_no = u.session_no AND o.id = u.id";
    private static final String RELEASED = "UPDATE $.shard s SET owner = NULL FROM " + Table.unnest("int2", "uuid")
            + " u(shard, owner) WHERE s.shard = u.shard AND s.owner = u.owner";
    private static final String ANSWERED = "UPDATE $.request r SET reply = u.reply FROM "
            + Table.unnest("uuid", "bytea") + " u(id, reply) WHERE r.id = u.id";
    /** An error undoes the whole transaction: here the cast, whose text the server logs. */
    private static final String PROVE = "WITH alive AS (" + Wanted.ALIVE + "), same AS ("
            + Hot.proving("EXISTS (SELECT FROM alive)") + ") SELECT CASE WHEN EXISTS (SELECT FROM alive)"
            + " AND (SELECT count(*) FROM same) = ?::int8 THEN 1"
            + " ELSE ('another node has changed a session, which is looked up now' || txid_current())::int END";

    final UUID node;
    final Map<SessionId, Hot> sessions = new HashMap<>();
    final Map<Integer, Owner> owners = new HashMap<>();
    /** The sum of the sizes of the external events of sessions up to those that are consumed. */
    final Map<SessionId, Long> consumedBytes = new HashMap<>();

    final Map<Of, Input> inputs = new HashMap<>();
    final Map<Of, InboxRules.AdmittedKey> keys = new HashMap<>();
    final Map<RequestId, InboxRules.Asked> requests = new HashMap<>();
    final Set<Of> envelopes = new HashSet<>();
    final Map<Text, String> contextKeys = new HashMap<>();
    final Map<Name, SessionId> names = new HashMap<>();
    final Deque<Long> numbers = new ArrayDeque<>();
    private final Map<SessionId, Map<InputId, FailedInput>> dead = new HashMap<>();

    final Table newSessions = Table.insert(
            "session",
            "no id archived created_at realm comms_name seed spec retained",
            "int8 uuid bool int8 bytea bytea bytea bytea bool");
    final Table labels = Table.insert("label", "name value session_no", "bytea bytea int8");
    final Table newInputs = Table.insert(
            "input", "session_no seq track n bytes at id body", "int8 int8 int2 int8 int8 int8 uuid bytea");
    final Table newKeys = Table.insert("event_key", "session_no hash seq", "int8 uuid int8");
    final Table events = Table.insert("event", "session_no seq body", "int8 int8 bytea");
    final Table transcript =
            Table.insert("transcript", "session_no i input_seq at turn body", "int8 int8 int8 int8 uuid bytea");
    final Table handleReplies = Table.insert("handle_reply", "id session_no seq", "uuid int8 int8");
    final Table newEnvelopes = Table.insert("outbox", "session_no n id body", "int8 int8 uuid bytea");
    final Table settled = new Table(SETTLED, "int8", "uuid");
    final Table newContextKeys = Table.insert("context_key", "session_no key digest", "int8 bytea bytea");
    final Table released = new Table(RELEASED, "int2", "uuid");
    /** Nodes that take no shards any more. */
    final Table leaving = new Table("UPDATE $.node SET serving = false WHERE id = ANY (?::uuid[])", "uuid");

    final Table archived = new Table("UPDATE $.session SET archived = true WHERE no = ANY (?::int8[])", "int8");
    final KnownSchedules schedules = new KnownSchedules();
    final Map<RequestId, @Nullable Object[]> newRequests = new LinkedHashMap<>();
    final Map<RequestId, byte[]> answers = new LinkedHashMap<>();
    private final Map<Place, @Nullable Object[]> failed = new LinkedHashMap<>();

    /** What a node finds. */
    Known(UUID node) {
        this.node = node;
    }

    /** Writes an event at the end of a log. */
    long event(Hot session, byte[] body) {
        long seq = session.nextSeq();
        events.row(session.no, seq, body);
        return seq;
    }

    /** Writes an input at the end of its track and of the log; returns its number in the track. */
    long input(Hot session, NewInput input, byte[] body, int laneBytes) {
        long seq = session.nextSeq();
        long n = session.nextInput(input.track());
        session.externalBytes += laneBytes;
        newInputs.row(
                session.no,
                seq,
                StoredNumbers.of(input.track()),
                n,
                session.externalBytes,
                StoredNumbers.of(input.at()),
                input.id().value(),
                body);
        inputs.put(new Of(session.id, input.id().value()), new Input(seq, true, null));
        return n;
    }

    /** A dead letter that the store has. */
    void dead(SessionId session, FailedInput letter) {
        dead.computeIfAbsent(session, id -> new HashMap<>()).put(letter.input().id(), letter);
    }

    /** Changes what becomes of a failed input. */
    void failed(Hot session, FailedInput changed) {
        Of of = new Of(session.id, changed.input().id().value());
        Input before = inputs.get(of);
        if (before == null) {
            throw new IllegalStateException("unchecked: " + changed.input().id());
        }
        session.failed(before.failed(), changed.state());
        inputs.put(of, new Input(before.seq(), true, changed.state()));
        Instant retryAt = changed.turn().notBefore();
        failed.put(new Place(session.no, before.seq()), new @Nullable Object[] {
            session.no,
            before.seq(),
            StoredNumbers.of(changed.state()),
            retryAt == null ? 0 : StoredNumbers.of(retryAt),
            changed.turn().id().value(),
            StoreCodec.encode(changed)
        });
        if (changed.state() == FailedInput.State.DEAD) {
            dead(session.id, changed);
        } else {
            dead.getOrDefault(session.id, new HashMap<>())
                    .remove(changed.input().id());
        }
    }

    /** Puts a dead letter and the others of its turn back, and logs it; false if it is none. */
    boolean redrive(Hot session, InputId id, Instant at) {
        FailedInput letter = deadLetter(session, id);
        if (letter == null) {
            return false;
        }
        TurnId turn = letter.turn().id();
        List<FailedInput> together = dead.getOrDefault(session.id, Map.of()).values().stream()
                .filter(other -> other.turn().id().equals(turn))
                .sorted(Comparator.comparing(other -> other.input().position()))
                .toList();
        together.forEach(other -> {
            known(session, other);
            failed(session, other.redriven(at));
        });
        event(session, StoreCodec.encode(InboxRules.redriven(together, at)));
        return true;
    }

    /** Discards a dead letter, and logs it; false if it is none. */
    boolean discard(Hot session, InputId id, Instant at) {
        FailedInput letter = deadLetter(session, id);
        if (letter == null) {
            return false;
        }
        known(session, letter);
        failed(session, letter.as(FailedInput.State.DISCARDED));
        event(session, StoreCodec.encode(InboxRules.discarded(id, at)));
        return true;
    }

    private @Nullable FailedInput deadLetter(Hot session, InputId id) {
        return dead.getOrDefault(session.id, Map.of()).get(id);
    }

    private void known(Hot session, FailedInput letter) {
        inputs.putIfAbsent(
                new Of(session.id, letter.input().id().value()),
                new Input(letter.input().position().sequence(), true, letter.state()));
    }

    /** The sessions that the writes have changed. */
    Set<SessionId> changed() {
        Set<SessionId> changed = schedules.changed();
        sessions.values().stream().filter(Hot::changed).forEach(session -> changed.add(session.id));
        return changed;
    }

    /** Whether an input of a session was found. */
    boolean hasInputOf(SessionId session) {
        return inputs.keySet().stream().anyMatch(of -> of.session().equals(session))
                || keys.keySet().stream().anyMatch(of -> of.session().equals(session));
    }

    /**
     * The whole transaction in one message, where nothing was looked up. The server refuses all of it if the node was
     * declared dead, if a session is not as this node has left it, or if an input has the id or the key of another.
     *
     * @param proven the last batch of the node that is known to be stored
     */
    Statements whole(long batch, long proven) {
        List<Hot> changed = sessions.values().stream()
                .filter(Hot::changed)
                .sorted(Comparator.comparingLong(session -> session.no))
                .toList();
        List<DbConnection.Column> columns = Hot.provingColumns();
        changed.forEach(session -> session.proveTo(columns));
        List<Object> arguments = new ArrayList<>(List.of(batch, node, proven));
        arguments.addAll(columns);
        arguments.add(changed.size());
        Statements script = new Statements();
        script.add(Wanted.BEGIN_PREPARED);
        script.add(PROVE, arguments.toArray());
        rows(script);
        script.add("COMMIT");
        return script;
    }

    /** All that was changed, and COMMIT: one message. */
    Statements last() {
        Statements script = new Statements();
        rows(script);
        Table created = Hot.table(true);
        Table changed = Hot.table(false);
        sessions.values().stream()
                .filter(Hot::changed)
                .forEach(session -> session.writeTo(session.created() ? created : changed));
        created.writeTo(script);
        changed.writeTo(script);
        script.add("COMMIT");
        return script;
    }

    /** All rows but those of {@code state}. */
    private void rows(Statements script) {
        // Before others, as a new session may take the name.
        leaving.writeTo(script);
        released.writeTo(script);
        archived.writeTo(script);
        newSessions.writeTo(script);
        labels.writeTo(script);
        newInputs.writeTo(script);
        newKeys.writeTo(script);
        events.writeTo(script);
        transcript.writeTo(script);
        handleReplies.writeTo(script);
        newEnvelopes.writeTo(script);
        settled.writeTo(script);
        newContextKeys.writeTo(script);
        schedules.writeTo(script);
        Table requestRows = Table.insert(
                "request",
                "id requester responder to_handle shard deadline",
                "uuid uuid uuid bool int2 int8",
                " ON CONFLICT (id) DO UPDATE SET requester = excluded.requester, responder = excluded.responder,"
                        + " to_handle = excluded.to_handle, shard = excluded.shard, deadline = excluded.deadline,"
                        + " reply = NULL");
        newRequests.values().forEach(requestRows::row);
        requestRows.writeTo(script);
        Table answerRows = new Table(ANSWERED, "uuid", "bytea");
        answers.forEach((id, reply) -> answerRows.row(id.value(), reply));
        answerRows.writeTo(script);
        Table failedRows = Table.insert(
                "failed_input",
                "session_no seq state retry_at turn body",
                "int8 int8 int2 int8 uuid bytea",
                " ON CONFLICT (session_no, seq) DO UPDATE SET state = excluded.state, retry_at = excluded.retry_at,"
                        + " turn = excluded.turn, body = excluded.body");
        failed.values().forEach(failedRows::row);
        failedRows.writeTo(script);
    }
}
