package dev.meerkat.store.postgres;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputId;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.Health;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.CommitObserver;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.DeadLetterChange;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.core.store.Ownership;
import dev.meerkat.core.store.RetryQueue;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredRequest;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps sessions in a schema of a PostgreSQL database, version 15 or newer, owned by one process at a time.
 *
 * <p>A completed write is committed: it survives what the server's own settings promise, and {@link #durable} is false
 * where {@code synchronous_commit} is off. Writes that arrive while a transaction is on its way share the next one.
 *
 * <p>Ownership is a lease in the database, by its clock. A second process is refused while the first one renews its
 * lease; when that process ends, is killed or hangs, the next one that opens the store gets it once the lease ends, and
 * every write of the first one is refused from then on.
 *
 * <p>The data source is the caller's, and is not closed; a pool should have at least 4 connections, of which the store
 * holds 2. It may be one through PgBouncer in transaction mode: nothing is left on a connection, and no statement is
 * prepared on the server. Thread-safe.
 */
public final class PostgresStore implements SessionStore {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresStore.class);

    private final Database database;
    private final Opening node;
    private final GroupCommitter committer;
    private final Lease lease;
    private final AtomicBoolean closed = new AtomicBoolean();

    private PostgresStore(Database database, Opening node, PostgresOptions options, PostgresSettings settings) {
        this.database = database;
        this.node = node;
        this.committer = new GroupCommitter(database, node, settings);
        this.lease = new Lease(database, node, options.lease(), settings.nanos(), committer::lost);
    }

    /**
     * Opens a store in the schema {@code meerkat}, and makes its tables if there are none.
     *
     * @param source gives connections to the database, by the PostgreSQL JDBC driver
     * @return the store, to be closed by the caller
     * @throws dev.meerkat.api.StoreException if another process has it, the database cannot be reached or is no
     *     PostgreSQL 15 or newer, or a newer version of Meerkat has written it
     */
    public static PostgresStore open(DataSource source) {
        return open(source, PostgresOptions.defaults());
    }

    /**
     * Opens a store, and makes its tables if there are none.
     *
     * @param source gives connections to the database, by the PostgreSQL JDBC driver
     * @param options which schema, and more
     * @return the store, to be closed by the caller
     * @throws dev.meerkat.api.StoreException if another process has it, the database cannot be reached or is no
     *     PostgreSQL 15 or newer, or a newer version of Meerkat has written it
     */
    public static PostgresStore open(DataSource source, PostgresOptions options) {
        return open(source, options, PostgresSettings.DEFAULT);
    }

    static PostgresStore open(DataSource source, PostgresOptions options, PostgresSettings settings) {
        Database database = new Database(source, options.schema());
        Migrations.migrate(database);
        Opening node = Opening.join(database, options, settings.nanos());
        PostgresStore store = new PostgresStore(database, node, options, settings);
        try {
            store.committer.start();
            store.lease.start();
            return store;
        } catch (SQLException e) {
            store.close();
            throw database.failure("cannot be opened: it needs two connections for itself", e);
        }
    }

    @Override
    public boolean durable() {
        return node.durable();
    }

    @Override
    public long epoch() {
        return node.epoch();
    }

    @Override
    public Ownership ownership() {
        return lease;
    }

    @Override
    public String describe() {
        return database.place();
    }

    @Override
    public Health health() {
        return committer.health();
    }

    @Override
    public void observe(CommitObserver observer) {
        committer.observe(observer);
    }

    @Override
    public CompletionStage<CreateResult> create(NewSession session) {
        return write(() -> new SessionWrite(session));
    }

    @Override
    public CompletionStage<AppendResult> append(InputAppend append) {
        return write(() -> new InputWrite(append));
    }

    @Override
    public CompletionStage<StepResult> commit(StepCommit commit) {
        return write(() -> new StepWrite(commit));
    }

    @Override
    public CompletionStage<ChangeResult> settle(SessionId sender, EnvelopeId envelope, @Nullable SessionEvent failure) {
        return write(() -> new EnvelopeWrite(sender, envelope, failure));
    }

    @Override
    public CompletionStage<ChangeResult> change(DeadLetterChange change) {
        return write(() -> new DeadLetterWrite(change));
    }

    /** What cannot be stored is refused like anything else that cannot be written: by the stage. */
    private <R> CompletionStage<R> write(Supplier<GroupWrite<R>> write) {
        GroupWrite<R> prepared;
        try {
            prepared = write.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(database.failure("refuses this write", e));
        }
        return committer.submit(prepared);
    }

    @Override
    public Optional<StoredSession> load(SessionId id) {
        return database.read(db -> SessionQueries.load(db, id));
    }

    @Override
    public Optional<SessionId> find(String realm, String commsName) {
        return database.read(db -> SessionQueries.find(db, realm, commsName));
    }

    @Override
    public List<SessionId> named(String realm, @Nullable SessionId after, int limit) {
        return database.read(db -> SessionQueries.named(db, realm, after, limit));
    }

    @Override
    public List<SessionId> list(SessionQuery query) {
        return database.read(db -> SessionQueries.list(db, query));
    }

    @Override
    public List<SessionId> unfinished(@Nullable SessionId after, int limit) {
        return database.read(db -> SessionQueries.unfinished(db, after, limit));
    }

    @Override
    public List<Waiting> waiting(SessionId id, Track track, long after, int limit) {
        return database.read(db -> InputQueries.waiting(db, id, track, after, limit));
    }

    @Override
    public Optional<InputPlace> place(SessionId id, InputId input) {
        return database.read(db -> InputQueries.place(db, id, input));
    }

    @Override
    public Optional<RetryQueue> retries(SessionId id) {
        return database.read(db -> InputQueries.retries(db, id));
    }

    @Override
    public List<FailedInput> retries(SessionId id, TurnId turn, Cursor after, int limit) {
        return database.read(db -> InputQueries.retries(db, id, turn, after, limit));
    }

    @Override
    public List<DeadLetter> deadLetters(@Nullable SessionId id, int offset, int limit) {
        return database.read(db -> InputQueries.deadLetters(db, id, offset, limit));
    }

    @Override
    public List<SessionEvent> events(SessionId id, Cursor after, int limit) {
        return database.read(db -> LogQueries.events(db, id, after, limit));
    }

    @Override
    public List<TranscriptEntry> transcript(SessionId id, long offset, int limit) {
        return database.read(db -> LogQueries.transcript(db, id, offset, limit));
    }

    @Override
    public Optional<StoredRequest> request(RequestId id) {
        return database.read(db -> LogQueries.request(db, id));
    }

    @Override
    public List<Outgoing> outbox(SessionId id, long after, int limit) {
        return database.read(db -> LogQueries.outbox(db, id, after, limit));
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        if (committer.finish()) {
            lease.close();
            node.leave(database);
        } else {
            lease.close();
            LOG.error("{}", database.text("is still being written to, so it is not left until its lease ends"));
        }
        database.end(database.failure("is closed", null));
    }
}
