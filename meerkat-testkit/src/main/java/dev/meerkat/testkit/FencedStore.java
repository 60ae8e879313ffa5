package dev.meerkat.testkit;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.DeadLetterChange;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.Ownership;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.Sharing;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store that loses sessions to other owners as told, as one that several nodes share does. Thread-safe. */
public final class FencedStore extends StoreWrapper {
    private final Map<SessionId, Fenced> fences = new ConcurrentHashMap<>();
    private final Set<SessionId> doubtful = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Fenced creations;

    private FencedStore(SessionStore inner) {
        super(inner);
    }

    /**
     * A store that has all sessions until told otherwise.
     *
     * @param inner does the work; closed with this one
     * @return a new wrapper
     */
    public static FencedStore around(SessionStore inner) {
        return new FencedStore(inner);
    }

    /**
     * Gives a session to another owner: every write of it is refused from now on.
     *
     * @param session the session
     * @param by what the writes are answered
     */
    public void fence(SessionId session, Fenced by) {
        fences.put(session, by);
    }

    /**
     * Gives a session back.
     *
     * @param session the session
     */
    public void giveBack(SessionId session) {
        fences.remove(session);
        doubtful.remove(session);
    }

    /**
     * Refuses new sessions.
     *
     * @param by what their creation is answered
     */
    public void fenceCreations(Fenced by) {
        creations = by;
    }

    /**
     * Lets the local lease of a session end, while no other owner has it.
     *
     * @param session the session
     */
    public void doubt(SessionId session) {
        doubtful.add(session);
    }

    private <T> CompletionStage<T> unlessFenced(SessionId session, Supplier<CompletionStage<T>> write, Wrap<T> wrap) {
        Fenced by = fences.get(session);
        return by == null ? write.get() : CompletableFuture.completedFuture(wrap.of(by));
    }

    /** Each kind of result takes a fence. */
    private interface Wrap<T> {
        T of(Fenced by);
    }

    @Override
    <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
        return write.get();
    }

    @Override
    public Ownership ownership() {
        return session -> !doubtful.contains(session) && super.ownership().owns(session);
    }

    /** Nobody but the test gives sessions to others. */
    @Override
    public Optional<Sharing> sharing() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<CreateResult> create(NewSession session) {
        Fenced by = creations;
        return by == null ? super.create(session) : CompletableFuture.completedFuture(by);
    }

    @Override
    public CompletionStage<AppendResult> append(InputAppend append) {
        return unlessFenced(append.session(), () -> super.append(append), by -> by);
    }

    @Override
    public CompletionStage<StepResult> commit(StepCommit commit) {
        return unlessFenced(commit.session(), () -> super.commit(commit), by -> by);
    }

    @Override
    public CompletionStage<ChangeResult> settle(SessionId sender, EnvelopeId envelope, @Nullable SessionEvent failure) {
        return unlessFenced(sender, () -> super.settle(sender, envelope, failure), by -> by);
    }

    @Override
    public CompletionStage<ScheduleResult> change(ScheduleChange change) {
        return unlessFenced(change.session(), () -> super.change(change), by -> by);
    }

    @Override
    public CompletionStage<ChangeResult> change(DeadLetterChange change) {
        return unlessFenced(change.session(), () -> super.change(change), by -> by);
    }
}
