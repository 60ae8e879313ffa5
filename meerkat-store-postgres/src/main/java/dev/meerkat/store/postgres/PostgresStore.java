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
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.DeadLetterChange;
import dev.meerkat.core.store.DeleteResult;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.core.store.Ownership;
import dev.meerkat.core.store.RetryQueue;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.SessionRestore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.Sharing;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredRequest;
import dev.meerkat.core.store.StoredSchedule;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Trim;
import dev.meerkat.core.store.Waiting;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps sessions in a schema of a PostgreSQL database, version 15 or newer. Several processes may open the same schema: each
 * is a node, owns its share of the sessions and runs their turns, and takes calls for all of them.
 *
 * <p>A completed write is committed: it survives what the server's own settings promise, and {@link #durable} is false
 * where {@code synchronous_commit} is off. Writes that arrive while a transaction is on its way share the next one.
 *
 * <p>A node owns sessions as long as it renews a lease in the database, by its clock. When it closes, others have its
 * sessions at once; when it is killed or hangs, once its lease has ended, and every step that it still tries to write is
 * refused.
 *
 * <p>The data source is the caller's, and is not closed; a pool should have at least 6 connections, of which the store
 * holds 3 while a runtime uses it. It may be one through PgBouncer in transaction mode: statements are prepared only
 * where the server itself is at the other end, and the one {@code LISTEN} only makes things quicker. Thread-safe.
 */
public final class PostgresStore implements SessionStore {
    /** Into how many shards sessions are divided; each is owned by one node. */
    public static final int SHARDS = Shards.COUNT;

    private static final Logger LOG = LoggerFactory.getLogger(PostgresStore.class);

    private final Database database;
    private final Membership membership;
    private final Hints hints;
    private final GroupCommitter committer;
    private final PostgresSharing sharing;
    private final Lease lease;
    private final Deletions deletions;
    private final Trims trims;
    private final boolean durable;
    private final AtomicBoolean closed = new AtomicBoolean();

    private PostgresStore(
            Database database, Membership membership, PostgresOptions options, PostgresSettings settings) {
        this.database = database;
        this.membership = membership;
        this.durable = membership.now().durable();
        this.hints = new Hints(database, membership, settings.nanos());
        this.committer = new GroupCommitter(database, membership, settings, hints::changed);
        this.lease = new Lease(database, membership, options.lease(), settings.nanos());
        this.trims = new Trims(database);
        this.deletions = new Deletions(database, hints);
        this.sharing = new PostgresSharing(database, membership, committer, hints, settings);
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
        Membership membership = new Membership(database, options, new Shards());
        PostgresStore store = new PostgresStore(database, membership, options, settings);
        try {
            store.committer.start();
            store.lease.start();
            store.hints.start();
            store.deletions.finishAll();
            return store;
        } catch (SQLException e) {
            store.close();
            throw database.failure("cannot be opened: it needs two connections for itself", e);
        }
    }

    @Override
    public boolean durable() {
        return durable;
    }

    @Override
    public long epoch() {
        return membership.now().epoch();
    }

    @Override
    public Ownership ownership() {
        return lease;
    }

    @Override
    public Optional<Sharing> sharing() {
        return Optional.of(sharing);
    }

    @Override
    public String describe() {
        return database.place();
    }

    @Override
    public Health health() {
        return committer.health(
                lease.valid()
                        ? null
                        : database.failure(
                                "has not renewed its lease in time, so it begins no step; it is tried again", null));
    }

    /**
     * The processes that have the schema open, with their leases.
     *
     * @return in the order of their names
     * @throws dev.meerkat.api.StoreException if the database cannot be read
     */
    public List<PostgresNode> nodes() {
        return database.read(membership::nodes);
    }

    /** How often this store saw that what it had stored is not there any more. */
    int losses() {
        return committer.losses();
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
        return write(() -> new StepWrite(commit, membership.shards()));
    }

    @Override
    public CompletionStage<ChangeResult> settle(SessionId sender, EnvelopeId envelope, @Nullable SessionEvent failure) {
        return write(() -> new EnvelopeWrite(sender, envelope, failure));
    }

    @Override
    public CompletionStage<ChangeResult> change(DeadLetterChange change) {
        return write(() -> new DeadLetterWrite(change));
    }

    @Override
    public CompletionStage<ScheduleResult> change(ScheduleChange change) {
        return write(() -> new ScheduleWrite(change));
    }

    @Override
    public CompletionStage<DeleteResult> delete(SessionId id) {
        return deletions.delete(id);
    }

    @Override
    public CompletionStage<Boolean> trim(Trim trim) {
        return trims.trim(trim);
    }

    @Override
    public Cut cut(SessionId id) {
        return trims.cut(id);
    }

    @Override
    public List<SessionId> retained(boolean all, @Nullable SessionId after, int limit) {
        return database.read(db -> SessionQueries.retained(db, all, after, limit));
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
        return database.read(
                db -> SessionQueries.unfinished(db, membership.shards().owned(), after, limit));
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
    public List<StoredSchedule> schedules(@Nullable SessionId id, @Nullable StoredSchedule after, int limit) {
        return database.read(db -> id == null
                ? ScheduleQueries.ofShards(db, membership.shards().owned(), after, limit)
                : ScheduleQueries.ofSession(db, id, after, limit));
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
    public List<StoredRequest> deadlines(@Nullable StoredRequest after, int limit) {
        return database.read(db -> LogQueries.deadlines(db, membership.shards().owned(), after, limit));
    }

    @Override
    public List<Outgoing> outbox(SessionId id, long after, int limit) {
        return database.read(db -> LogQueries.outbox(db, id, after, limit));
    }

    @Override
    public boolean export(SessionId id, Consumer<SessionPart> to) {
        database.checkOpen();
        try {
            DbConnection db = database.hold();
            try {
                return ExportQueries.tell(db, id, to);
            } finally {
                Database.giveBack(db);
            }
        } catch (SQLException e) {
            throw database.failure("cannot be read", e);
        }
    }

    @Override
    public SessionRestore restore(SessionPart.Head head) {
        return new PostgresRestore(database, hints, head);
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        sharing.close();
        boolean finished = committer.finish();
        lease.close();
        if (finished) {
            membership.leave();
            hints.tell(Hints.Kind.SHARDS);
        } else {
            LOG.error("{}", database.text("is still being written to, so it is not left until its lease ends"));
        }
        hints.close();
        database.end(database.failure("is closed", null));
    }
}
