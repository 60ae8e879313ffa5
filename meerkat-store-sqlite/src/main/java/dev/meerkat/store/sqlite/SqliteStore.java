package dev.meerkat.store.sqlite;

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
import dev.meerkat.core.store.RetryQueue;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.SessionRestore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredRequest;
import dev.meerkat.core.store.StoredSchedule;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Trim;
import dev.meerkat.core.store.Waiting;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps sessions in one SQLite file, owned by one process at a time.
 *
 * <p>A completed write is in a journal that is synced to disk, so it survives a crash of the process and of the
 * machine. Writes that arrive during a sync share the next one. SQLite gets the changes behind the journal. Beside the
 * file {@code f} there are {@code f.lock}, and while it is open {@code f-log.1} and so on, {@code f-wal} and {@code
 * f-shm}: a copy made while it is open needs the logs too.
 *
 * <p>A fault before which nothing was written, such as a full disk or a lock of another process, is borne for some
 * seconds; then the write is refused, and the next one tries again. After a fault that leaves the outcome open, the
 * store opens its file anew. Only a damaged file takes no more writes, and a file that was deleted, replaced, or opened
 * by another process is lost to this store. {@link #health} tells each; nothing that was acknowledged is lost. Each
 * message names the file. Thread-safe.
 */
public final class SqliteStore implements SessionStore {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteStore.class);

    private final Opened opened;
    private final Committer committer;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Completes when nothing is left of what was begun before a crash; whether all of that is gone. */
    private volatile CompletionStage<Boolean> cleaned = CompletableFuture.completedFuture(true);

    private SqliteStore(Opened opened, Committer committer) {
        this.opened = opened;
        this.committer = committer;
    }

    /**
     * Opens a store, and makes the file if there is none.
     *
     * @param file the file, in a directory that exists
     * @return the store, to be closed by the caller
     * @throws dev.meerkat.api.StoreException if the file is open already, read-only, damaged, written by a newer
     *     version, a symbolic link, no store at all, or could be changed by another user; it is not changed then
     */
    public static SqliteStore open(Path file) {
        return open(file, Settings.DEFAULT);
    }

    /**
     * Copies a store into a file of its own, which can be opened as a store. The store may be open, also in another process,
     * and goes on taking writes: the copy has every write that was complete when this began, and may have later ones. It
     * blocks for as long as copying takes, and needs as much room as the sessions do. A backup keeps what is deleted later.
     *
     * @param file the store's file
     * @param target the new file, in a directory that exists; it appears when it is whole and on disk
     * @throws dev.meerkat.api.StoreException if there is a file already, the store cannot be read, or the copy cannot be
     *     written; nothing is left of it then
     */
    public static void backup(Path file, Path target) {
        NativeLibrary.load();
        Backup.make(StoreFile.at(file), target);
    }

    /**
     * Copies this store, as {@link #backup(Path, Path)} does.
     *
     * @param target the new file, in a directory that exists
     * @throws dev.meerkat.api.StoreException if there is a file already, or the copy cannot be made
     */
    public void backup(Path target) {
        backup(opened.file().path(), target);
    }

    /**
     * Loads SQLite, which takes a while. {@link #open} does it where it was not done before; doing it on another thread
     * beforehand saves that time. Never fails: what is wrong is told by {@link #open}.
     */
    public static void load() {
        NativeLibrary.load();
    }

    /**
     * Looks at a store that nobody has open, and changes nothing of it, also not what a crash has left: its files are copied into the
     * directory for temporary files, which needs as much room, and the copy is opened and checked.
     *
     * @param file the store's file
     * @param sessions told the opened copy, to look at its sessions; not told if it cannot be opened
     * @return what was found
     * @throws dev.meerkat.api.StoreInUseException if the store is open
     * @throws dev.meerkat.api.StoreException if its files cannot be read or copied
     */
    public static SqliteReport inspect(Path file, Consumer<? super SessionStore> sessions) {
        NativeLibrary.load();
        return FileInspection.of(StoreFile.at(file), sessions);
    }

    /** What is wrong if its pages could not be compared with the checksums that they should have had. */
    Optional<String> unsummed() {
        return opened.unsummed();
    }

    static SqliteStore open(Path file, Settings settings) {
        return open(StoreFile.at(file), settings);
    }

    static SqliteStore open(StoreFile file, Settings settings) {
        NativeLibrary.load();
        Opened opened = Opened.open(file, settings);
        Committer committer = new Committer(opened, settings);
        committer.start();
        SqliteStore store = new SqliteStore(opened, committer);
        if (settings.migrations().size() >= Schema.WITH_DELETION) {
            store.goOnDeleting();
        }
        return store;
    }

    /** What was begun before a crash. */
    private void goOnDeleting() {
        for (long no : opened.readers().read(SessionReads::deleted)) {
            CompletionStage<Boolean> gone = RowDeletion.begin(committer, no).handle((done, failure) -> {
                if (failure != null) {
                    LOG.warn("{}", failure.getMessage());
                }
                return failure == null;
            });
            cleaned = cleaned.thenCombine(gone, Boolean::logicalAnd);
        }
    }

    @Override
    public boolean durable() {
        return true;
    }

    @Override
    public long epoch() {
        return opened.writer().follower().epoch();
    }

    @Override
    public String describe() {
        return opened.file().shown().toString();
    }

    @Override
    public void observe(CommitObserver observer) {
        committer.observe(observer);
    }

    @Override
    public Health health() {
        return committer.health();
    }

    @Override
    public CompletionStage<CreateResult> create(NewSession session) {
        return write(() -> new CreateSession(session));
    }

    @Override
    public CompletionStage<AppendResult> append(InputAppend append) {
        return write(() -> new AppendInput(append));
    }

    @Override
    public CompletionStage<StepResult> commit(StepCommit commit) {
        return write(() -> new CommitStep(commit));
    }

    @Override
    public CompletionStage<ChangeResult> settle(SessionId sender, EnvelopeId envelope, @Nullable SessionEvent failure) {
        return write(() -> new SettleEnvelope(sender, envelope, failure));
    }

    @Override
    public CompletionStage<ChangeResult> change(DeadLetterChange change) {
        return write(() -> new ChangeDeadLetter(change));
    }

    @Override
    public CompletionStage<ScheduleResult> change(ScheduleChange change) {
        return write(() -> new ChangeSchedule(change));
    }

    @Override
    public CompletionStage<DeleteResult> delete(SessionId id) {
        return write(() -> new DeleteSession(id))
                .thenCompose(begun -> begun.no() == 0
                        ? CompletableFuture.completedFuture(begun.result())
                        : RowDeletion.begin(committer, begun.no()));
    }

    @Override
    public CompletionStage<Boolean> trim(Trim trim) {
        return write(() -> new TrimSession(
                trim,
                opened.readers()
                        .read(db ->
                                CutReads.needed(db, trim.session(), trim.upTo().entries()))));
    }

    @Override
    public Cut cut(SessionId id) {
        return opened.readers().read(db -> CutReads.cut(db, SessionReads.number(db, id)));
    }

    @Override
    public List<SessionId> retained(boolean all, @Nullable SessionId after, int limit) {
        return opened.readers().read(db -> SessionReads.retained(db, all, after, limit));
    }

    /** What cannot be stored is refused like anything else that cannot be written: by the stage. */
    private <R> CompletionStage<R> write(Supplier<Write<R>> write) {
        Write<R> prepared;
        try {
            prepared = write.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(opened.file().failure("refuses this write", e));
        }
        return committer.submit(prepared);
    }

    @Override
    public Optional<StoredSession> load(SessionId id) {
        return opened.readers().read(db -> SessionReads.load(db, id));
    }

    @Override
    public Optional<SessionId> find(String realm, String commsName) {
        return opened.readers().read(db -> SessionReads.find(db, realm, commsName));
    }

    @Override
    public List<SessionId> named(String realm, @Nullable SessionId after, int limit) {
        return opened.readers().read(db -> SessionReads.named(db, realm, after, limit));
    }

    @Override
    public List<SessionId> list(SessionQuery query) {
        return opened.readers().read(db -> SessionReads.list(db, query));
    }

    @Override
    public List<SessionId> unfinished(@Nullable SessionId after, int limit) {
        return opened.readers().read(db -> SessionReads.unfinished(db, after, limit));
    }

    @Override
    public List<Waiting> waiting(SessionId id, Track track, long after, int limit) {
        return opened.writer()
                .recent()
                .waiting(id, track, after, limit)
                .orElseGet(() -> opened.readers().read(db -> InputReads.waiting(db, id, track, after, limit)));
    }

    @Override
    public Optional<InputPlace> place(SessionId id, InputId input) {
        return opened.readers().read(db -> InputReads.place(db, id, input));
    }

    @Override
    public Optional<RetryQueue> retries(SessionId id) {
        return opened.readers().read(db -> FailedReads.retries(db, id));
    }

    @Override
    public List<FailedInput> retries(SessionId id, TurnId turn, Cursor after, int limit) {
        return opened.readers().read(db -> FailedReads.retries(db, id, turn, after, limit));
    }

    @Override
    public List<DeadLetter> deadLetters(@Nullable SessionId id, int offset, int limit) {
        return opened.readers().read(db -> FailedReads.deadLetters(db, id, offset, limit));
    }

    @Override
    public List<StoredSchedule> schedules(@Nullable SessionId id, @Nullable StoredSchedule after, int limit) {
        return opened.readers().read(db -> ScheduleReads.page(db, id, after, limit));
    }

    @Override
    public List<SessionEvent> events(SessionId id, Cursor after, int limit) {
        return opened.readers().read(db -> EventReads.events(db, id, after, limit));
    }

    @Override
    public List<TranscriptEntry> transcript(SessionId id, long offset, int limit) {
        return opened.readers().read(db -> LogReads.transcript(db, id, offset, limit));
    }

    @Override
    public Optional<StoredRequest> request(RequestId id) {
        return opened.readers().read(db -> LogReads.request(db, id));
    }

    @Override
    public List<StoredRequest> deadlines(@Nullable StoredRequest after, int limit) {
        return opened.readers().read(db -> LogReads.deadlines(db, after, limit));
    }

    @Override
    public List<Outgoing> outbox(SessionId id, long after, int limit) {
        return opened.readers().read(db -> LogReads.outbox(db, id, after, limit));
    }

    @Override
    public boolean export(SessionId id, Consumer<SessionPart> to) {
        return opened.readers().export(db -> ExportReads.tell(db, id, to));
    }

    @Override
    public SessionRestore restore(SessionPart.Head head) {
        return new SqliteRestore(committer, cleaned, head);
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        if (committer.finish()) {
            opened.close();
        } else {
            LOG.error("the store file {} is still being written to, so it stays open and locked", describe());
        }
    }
}
