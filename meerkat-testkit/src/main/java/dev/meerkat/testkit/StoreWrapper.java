package dev.meerkat.testkit;

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
import dev.meerkat.core.store.RestoreResult;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Forwards everything to another store; a subclass changes all writes, or all reads, in one place. */
abstract class StoreWrapper implements SessionStore {
    private final SessionStore inner;

    StoreWrapper(SessionStore inner) {
        this.inner = inner;
    }

    /** Does a write. */
    abstract <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write);

    /** Does a read. */
    <T> T read(Supplier<T> read) {
        return read.get();
    }

    @Override
    public boolean durable() {
        return inner.durable();
    }

    @Override
    public long epoch() {
        return inner.epoch();
    }

    @Override
    public Ownership ownership() {
        return inner.ownership();
    }

    @Override
    public Optional<Sharing> sharing() {
        return inner.sharing();
    }

    @Override
    public String describe() {
        return inner.describe();
    }

    @Override
    public void observe(CommitObserver observer) {
        inner.observe(observer);
    }

    @Override
    public Health health() {
        return inner.health();
    }

    @Override
    public CompletionStage<DeleteResult> delete(SessionId id) {
        return write(() -> inner.delete(id));
    }

    @Override
    public CompletionStage<Boolean> trim(Trim trim) {
        return write(() -> inner.trim(trim));
    }

    @Override
    public Cut cut(SessionId id) {
        return read(() -> inner.cut(id));
    }

    @Override
    public List<SessionId> retained(boolean all, @Nullable SessionId after, int limit) {
        return read(() -> inner.retained(all, after, limit));
    }

    @Override
    public CompletionStage<CreateResult> create(NewSession session) {
        return write(() -> inner.create(session));
    }

    @Override
    public CompletionStage<AppendResult> append(InputAppend append) {
        return write(() -> inner.append(append));
    }

    @Override
    public CompletionStage<StepResult> commit(StepCommit commit) {
        return write(() -> inner.commit(commit));
    }

    @Override
    public CompletionStage<ChangeResult> settle(SessionId sender, EnvelopeId envelope, @Nullable SessionEvent failure) {
        return write(() -> inner.settle(sender, envelope, failure));
    }

    @Override
    public Optional<StoredSession> load(SessionId id) {
        return read(() -> inner.load(id));
    }

    @Override
    public Optional<SessionId> find(String realm, String commsName) {
        return read(() -> inner.find(realm, commsName));
    }

    @Override
    public List<SessionId> named(String realm, @Nullable SessionId after, int limit) {
        return read(() -> inner.named(realm, after, limit));
    }

    @Override
    public List<SessionId> list(SessionQuery query) {
        return read(() -> inner.list(query));
    }

    @Override
    public List<SessionId> unfinished(@Nullable SessionId after, int limit) {
        return read(() -> inner.unfinished(after, limit));
    }

    @Override
    public List<Waiting> waiting(SessionId id, Track track, long after, int limit) {
        return read(() -> inner.waiting(id, track, after, limit));
    }

    @Override
    public Optional<InputPlace> place(SessionId id, InputId input) {
        return read(() -> inner.place(id, input));
    }

    @Override
    public CompletionStage<ChangeResult> change(DeadLetterChange change) {
        return write(() -> inner.change(change));
    }

    @Override
    public CompletionStage<ScheduleResult> change(ScheduleChange change) {
        return write(() -> inner.change(change));
    }

    @Override
    public List<StoredSchedule> schedules(@Nullable SessionId id, @Nullable StoredSchedule after, int limit) {
        return read(() -> inner.schedules(id, after, limit));
    }

    @Override
    public Optional<RetryQueue> retries(SessionId id) {
        return read(() -> inner.retries(id));
    }

    @Override
    public List<FailedInput> retries(SessionId id, TurnId turn, Cursor after, int limit) {
        return read(() -> inner.retries(id, turn, after, limit));
    }

    @Override
    public List<DeadLetter> deadLetters(@Nullable SessionId id, int offset, int limit) {
        return read(() -> inner.deadLetters(id, offset, limit));
    }

    @Override
    public List<SessionEvent> events(SessionId id, Cursor after, int limit) {
        return read(() -> inner.events(id, after, limit));
    }

    @Override
    public List<TranscriptEntry> transcript(SessionId id, long offset, int limit) {
        return read(() -> inner.transcript(id, offset, limit));
    }

    @Override
    public Optional<StoredRequest> request(RequestId id) {
        return read(() -> inner.request(id));
    }

    @Override
    public List<StoredRequest> deadlines(@Nullable StoredRequest after, int limit) {
        return read(() -> inner.deadlines(after, limit));
    }

    @Override
    public List<Outgoing> outbox(SessionId id, long after, int limit) {
        return read(() -> inner.outbox(id, after, limit));
    }

    @Override
    public boolean export(SessionId id, Consumer<SessionPart> to) {
        return read(() -> inner.export(id, to));
    }

    @Override
    public SessionRestore restore(SessionPart.Head head) {
        SessionRestore restore = read(() -> inner.restore(head));
        return new SessionRestore() {
            @Override
            public CompletionStage<ChangeResult> add(List<SessionPart> parts) {
                return write(() -> restore.add(parts));
            }

            @Override
            public CompletionStage<RestoreResult> finish() {
                return write(restore::finish);
            }

            @Override
            public void close() {
                restore.close();
            }
        };
    }

    @Override
    public void close() {
        inner.close();
    }
}
