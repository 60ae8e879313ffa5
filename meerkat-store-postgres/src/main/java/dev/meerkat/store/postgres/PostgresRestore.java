package dev.meerkat.store.postgres;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.RestoreResult;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.SessionRestore;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Takes in a session, in one transaction on a connection of its own. Blocks the caller. */
final class PostgresRestore implements SessionRestore {
    private static final String TAKEN =
            "SELECT 1 FROM $.session WHERE id = ? UNION ALL SELECT 1 FROM $.deleted WHERE id = ?";
    private static final String SEQ = "SELECT seq FROM $.input WHERE id = ? AND session_no = ?";
    private static final String NUMBER = "SELECT nextval('$.session_numbers')";
    private static final String CUT = "INSERT INTO $.cut (session_no, events, entries) VALUES (?, ?, ?)";

    private final Database database;
    private final Hints hints;
    private final SessionPart.Head head;
    private @Nullable DbConnection held;
    private long no;
    private long externalBytes;
    private long entries;
    private long sent;
    private long retried;
    private boolean closed;

    PostgresRestore(Database database, Hints hints, SessionPart.Head head) {
        StoredNumbers.check(head.createdAt());
        this.database = database;
        this.hints = hints;
        this.head = head;
        this.entries = head.cut().entries();
    }

    /** A part of the transaction. */
    @FunctionalInterface
    private interface Work<T> {
        T run(DbConnection db) throws SQLException;
    }

    private <T> CompletionStage<T> work(Work<T> work) {
        try {
            return CompletableFuture.completedFuture(work.run(begun()));
        } catch (SQLException e) {
            return CompletableFuture.failedFuture(database.failure("does not take session " + head.id(), e));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private DbConnection begun() throws SQLException {
        if (closed) {
            throw new IllegalStateException("the import is closed");
        }
        database.checkOpen();
        DbConnection db = held;
        if (db == null) {
            db = database.hold();
            held = db;
            no = db.first(NUMBER, row -> row.getLong(1)).orElseThrow();
        }
        return db;
    }

    @Override
    public CompletionStage<ChangeResult> add(List<SessionPart> parts) {
        return work(db -> {
            if (taken(db)) {
                return new ChangeResult.Absent();
            }
            new Rows(db).write(parts);
            return new ChangeResult.Done();
        });
    }

    private boolean taken(DbConnection db) throws SQLException {
        return !db.list(TAKEN, row -> true, head.id().value(), head.id().value())
                .isEmpty();
    }

    /** The rows of some parts. */
    private final class Rows {
        private final DbConnection db;
        private final Table inputs = Table.insert(
                "input", "session_no seq track n bytes at id body", "int8 int8 int2 int8 int8 int8 uuid bytea");
        /** The last input that has a key is the one that it stands for. */
        private final Table keys = Table.insert(
                "event_key", "session_no hash seq", "int8 uuid int8", " ON CONFLICT (session_no, hash) DO NOTHING");

        private final Table failed = Table.insert(
                "failed_input", "session_no seq state retry_at turn body", "int8 int8 int2 int8 uuid bytea");
        private final Table events = Table.insert("event", "session_no seq body", "int8 int8 bytea");
        private final Table transcript =
                Table.insert("transcript", "session_no i input_seq at turn body", "int8 int8 int8 int8 uuid bytea");
        private final Table contextKeys = Table.insert("context_key", "session_no key digest", "int8 bytea bytea");
        private final Table replies = Table.insert("handle_reply", "id session_no seq", "uuid int8 int8");
        private final Table requests = Table.insert(
                "request",
                "id requester responder to_handle shard deadline reply",
                "uuid uuid uuid bool int2 int8 bytea",
                " ON CONFLICT (id) DO NOTHING");
        private final Table outbox = Table.insert("outbox", "session_no n id body", "int8 int8 uuid bytea");
        private final Table schedules =
                Table.insert("schedule", "session_no id shard due body", "int8 uuid int2 int8 bytea");

        Rows(DbConnection db) {
            this.db = db;
        }

        void write(List<SessionPart> parts) throws SQLException {
            for (SessionPart part : parts) {
                if (part instanceof SessionPart.Input input) {
                    input(input);
                }
            }
            // Entries refer to them.
            run(inputs, keys, failed);
            for (SessionPart part : parts) {
                other(part);
            }
            run(events, transcript, contextKeys, replies, requests, outbox, schedules);
        }

        private void run(Table... tables) throws SQLException {
            Statements script = new Statements();
            for (Table table : tables) {
                table.writeTo(script);
            }
            script.run(db);
        }

        private void input(SessionPart.Input part) {
            StoredNumbers.check(part.input().at());
            long seq = part.input().position().sequence();
            InputBody body = part.input().body();
            if (body instanceof InputBody.External external) {
                externalBytes += external.event().sizeBytes();
            }
            inputs.row(
                    no,
                    seq,
                    StoredNumbers.of(part.track()),
                    part.number(),
                    externalBytes,
                    StoredNumbers.of(part.input().at()),
                    part.input().id().value(),
                    StoreCodec.encode(new NewInput(
                            part.input().id(),
                            part.input().at(),
                            part.track(),
                            body,
                            part.input().trace())));
            String key = InboxRules.key(body);
            if (key != null) {
                keys.row(no, DbConnection.hash(key), seq);
            }
            part.failed().ifPresent(failure -> failed(seq, failure));
        }

        private void failed(long seq, FailedInput failure) {
            Instant retryAt = failure.turn().notBefore();
            failed.row(
                    no,
                    seq,
                    StoredNumbers.of(failure.state()),
                    retryAt == null ? 0L : StoredNumbers.of(retryAt),
                    failure.turn().id().value(),
                    StoreCodec.encode(failure));
            retried += failure.state().retried() ? 1 : 0;
        }

        private void other(SessionPart part) throws SQLException {
            if (part instanceof SessionPart.Event event) {
                events.row(no, event.event().cursor().sequence(), StoreCodec.encode(event.event()));
            } else if (part instanceof SessionPart.Entry entry) {
                entry(entry.entry());
            } else if (part instanceof SessionPart.Key key) {
                contextKeys.row(
                        no,
                        DbConnection.utf8(key.key().key()),
                        DbConnection.utf8(key.key().digest()));
            } else if (part instanceof SessionPart.ReplyId reply) {
                replies.row(reply.id().value(), no, reply.position().sequence());
            } else if (part instanceof SessionPart.Request request) {
                request(request.request());
            } else if (part instanceof SessionPart.Unsent unsent) {
                outbox.row(no, ++sent, unsent.envelope().id().value(), StoreCodec.encode(unsent.envelope()));
            } else if (part instanceof SessionPart.Planned planned) {
                schedules.row(
                        no,
                        planned.schedule().id().value(),
                        Shards.of(head.id()),
                        StoredNumbers.of(planned.schedule().next()),
                        StoreCodec.encode(planned.schedule()));
            }
        }

        private void entry(TranscriptEntry entry) throws SQLException {
            StoredNumbers.check(entry.at());
            if (entry instanceof TranscriptEntry.Input consumed) {
                Optional<Long> seq = db.first(
                        SEQ, row -> row.getLong(1), consumed.input().id().value(), no);
                if (seq.isPresent()) {
                    transcript.row(
                            no,
                            entries++,
                            seq.get(),
                            StoredNumbers.of(entry.at()),
                            consumed.turnId().value(),
                            null);
                    return;
                }
            }
            transcript.row(no, entries++, null, null, null, StoreCodec.encode(entry));
        }

        private void request(StoredRequest request) {
            requests.row(
                    request.id().value(),
                    request.requester().value(),
                    request.responder().value(),
                    request.toHandle(),
                    Shards.of(request.requester()),
                    request.deadline().map(StoredNumbers::of).orElse(null),
                    request.reply().map(StoreCodec::encode).orElse(null));
        }
    }

    @Override
    public CompletionStage<RestoreResult> finish() {
        RestoreResult result;
        try {
            DbConnection db = begun();
            result = refusal(db);
            if (result == null) {
                write(db);
                result = commit(db);
            }
        } catch (SQLException e) {
            return CompletableFuture.failedFuture(database.failure("does not take session " + head.id(), e));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return CompletableFuture.completedFuture(result);
    }

    private @Nullable RestoreResult refusal(DbConnection db) throws SQLException {
        if (taken(db)) {
            return new RestoreResult.IdTaken();
        }
        SessionId holder = head.standing().archived() || head.spec().commsName().isEmpty()
                ? null
                : SessionQueries.find(
                                db, head.spec().realm(), head.spec().commsName().get())
                        .orElse(null);
        return holder == null ? null : new RestoreResult.NameTaken(holder);
    }

    private void write(DbConnection db) throws SQLException {
        Table sessions = Table.insert(
                "session",
                "no id archived created_at realm comms_name seed spec retained",
                "int8 uuid bool int8 bytea bytea bytea bytea bool");
        sessions.row(
                no,
                head.id().value(),
                head.standing().archived(),
                StoredNumbers.of(head.createdAt()),
                DbConnection.utf8(head.spec().realm()),
                head.spec().commsName().map(DbConnection::utf8).orElse(null),
                head.identitySeed(),
                StoreCodec.encode(head.spec()),
                head.spec().retention().isPresent());
        Table labels = Table.insert("label", "name value session_no", "bytea bytea int8");
        head.spec()
                .labels()
                .forEach((name, value) -> labels.row(DbConnection.utf8(name), DbConnection.utf8(value), no));
        Table states = Hot.table(true);
        Hot.restore(head, no, new Hot.Counts(sent, retried, externalBytes)).writeTo(states);
        Statements script = new Statements();
        sessions.writeTo(script);
        labels.writeTo(script);
        states.writeTo(script);
        if (!head.cut().equals(Cut.NONE)) {
            script.add(CUT, no, head.cut().events().sequence(), head.cut().entries());
        }
        script.run(db);
    }

    private RestoreResult commit(DbConnection db) {
        try {
            db.connection().commit();
        } catch (SQLException e) {
            if (!SqlFaults.unavailable(e)) {
                // What the server refuses is not committed.
                throw database.failure("does not take session " + head.id(), e);
            }
            throw new UncheckedIOException(new IOException(
                    database.text("failed to commit session " + head.id() + ": " + SqlFaults.reason(e)), e));
        }
        hints.changed(Set.of(head.id()), true);
        return new RestoreResult.Restored();
    }

    @Override
    public void close() {
        closed = true;
        DbConnection db = held;
        held = null;
        Database.giveBack(db);
    }
}
