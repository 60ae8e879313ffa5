package dev.meerkat.store.postgres;

import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Sharing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node lets the owners of sessions do, and what others let it do for its own: each call is a row, which one
 * owner takes once. Thread-safe.
 */
final class CallRows {
    private static final Logger LOG = LoggerFactory.getLogger(CallRows.class);
    private static final String ASK = "INSERT INTO $.owner_call (id, shard, session, body, expires_at)"
            + " VALUES (gen_random_uuid(), ?, ?, ?, clock_timestamp() + ? * interval '1 millisecond') RETURNING id";
    private static final String TAKE = "UPDATE $.owner_call c SET taken_by = ? FROM (SELECT x.id FROM $.owner_call x"
            + " WHERE x.taken_by IS NULL AND x.shard = ANY (?::int2[]) AND x.expires_at > clock_timestamp()"
            + " LIMIT 100 FOR UPDATE SKIP LOCKED) f WHERE c.id = f.id"
            + " AND EXISTS (SELECT 1 FROM $.node n WHERE n.id = ? AND NOT n.dead) RETURNING c.id, c.session, c.body";
    private static final String ANSWER = "UPDATE $.owner_call SET answer = ? WHERE id = ?";
    private static final String ANSWERS =
            "DELETE FROM $.owner_call WHERE id = ANY (?::uuid[]) AND answer IS NOT NULL RETURNING id, answer";
    private static final String WITHDRAW = "DELETE FROM $.owner_call WHERE id = ? AND taken_by IS NULL";
    private static final String FORGET =
            "DELETE FROM $.owner_call WHERE expires_at < clock_timestamp() - interval '5 minutes'";

    private final Database database;
    private final Membership membership;
    private final Hints hints;
    private final PostgresSettings settings;
    private final Map<UUID, Asked> waiting = new ConcurrentHashMap<>();

    private record Asked(CompletableFuture<String> answer, long end) {}

    private record Taken(UUID id, SessionId session, String body) {}

    CallRows(Database database, Membership membership, Hints hints, PostgresSettings settings) {
        this.database = database;
        this.membership = membership;
        this.hints = hints;
        this.settings = settings;
    }

    /** Lets an owner do something. */
    CompletableFuture<String> ask(SessionId session, String body, Duration patience) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        try {
            UUID id = database.once(db -> db.first(
                            ASK,
                            row -> DbConnection.uuid(row, 1),
                            Shards.of(session),
                            session.value(),
                            body,
                            patience.toMillis())
                    .orElseThrow());
            waiting.put(id, new Asked(answer, settings.nanos().getAsLong() + patience.toNanos()));
            hints.tell(Hints.Kind.ASKED);
        } catch (SQLException e) {
            answer.completeExceptionally(
                    SqlFaults.unavailable(e) ? unanswered() : database.failure("refuses a call", e));
        }
        return answer;
    }

    /** Takes what others ask of this node. */
    void take(Sharing.Node node) throws SQLException {
        Shards shards = membership.shards();
        DbConnection.Column owned = new DbConnection.Column("int2");
        shards.owned().stream().filter(shard -> !shards.isLeaving(shard)).forEach(owned::add);
        if (owned.isEmpty()) {
            return;
        }
        UUID me = membership.now().id();
        List<Taken> taken = database.once(db -> db.list(
                TAKE,
                row -> new Taken(DbConnection.uuid(row, 1), new SessionId(DbConnection.uuid(row, 2)), row.getString(3)),
                me,
                owned,
                me));
        taken.forEach(call -> node.call(call.session(), call.body()).whenComplete((answer, failure) -> {
            if (failure == null) {
                answer(call.id(), answer);
            } else {
                LOG.warn("session {}: what another node asks for has an unknown outcome", call.session(), failure);
            }
        }));
    }

    private void answer(UUID id, String answer) {
        try {
            int unused = database.once(db -> db.update(ANSWER, answer, id));
            hints.tell(Hints.Kind.ANSWERED);
        } catch (SQLException e) {
            LOG.warn("another node is not told what became of its call {}", id, e);
        }
    }

    /** Hands over the answers that there are. */
    void look() throws SQLException {
        if (waiting.isEmpty()) {
            return;
        }
        DbConnection.Column ids = new DbConnection.Column("uuid");
        waiting.keySet().forEach(ids::add);
        Map<UUID, String> answers = new ConcurrentHashMap<>();
        List<Boolean> unused = database.once(db ->
                db.list(ANSWERS, row -> answers.put(DbConnection.uuid(row, 1), row.getString(2)) == null, ids));
        answers.forEach((id, answer) -> {
            Asked asked = waiting.remove(id);
            if (asked != null) {
                asked.answer().complete(answer);
            }
        });
    }

    /** Ends what has waited too long: nothing was done if no owner has taken it. */
    void expire() throws SQLException {
        long now = settings.nanos().getAsLong();
        for (Map.Entry<UUID, Asked> entry : Map.copyOf(waiting).entrySet()) {
            if (now - entry.getValue().end() < 0) {
                continue;
            }
            boolean withdrawn = database.once(db -> db.update(WITHDRAW, entry.getKey())) > 0;
            waiting.remove(entry.getKey());
            entry.getValue().answer().completeExceptionally(withdrawn ? notTaken() : unanswered());
        }
        int unused = database.once(db -> db.update(FORGET));
    }

    private RuntimeException notTaken() {
        return database.failure("has no node that owns the session now, so nothing of this call was done", null);
    }

    private UncheckedIOException unanswered() {
        return new UncheckedIOException(new IOException(
                database.text("has no answer from the owner of the session, so it is unknown what was done")));
    }

    /** Nobody waits any more. */
    void close() {
        waiting.keySet().forEach(id -> {
            Asked asked = waiting.remove(id);
            if (asked != null) {
                asked.answer().completeExceptionally(unanswered());
            }
        });
    }
}
