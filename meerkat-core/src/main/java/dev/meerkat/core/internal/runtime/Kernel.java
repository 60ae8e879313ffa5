package dev.meerkat.core.internal.runtime;

import dev.meerkat.api.Delivery;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreLostException;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.CooperativeExecutor;
import dev.meerkat.core.Environment;
import dev.meerkat.core.Health;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.Scheduler;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.Sharing;
import dev.meerkat.core.store.Track;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every part of one runtime needs: its ports, its bounds, and whether it is open. */
public final class Kernel {
    private static final Logger LOG = LoggerFactory.getLogger(Kernel.class);

    public final Agent agent;
    public final SessionStore store;
    public final Environment env;
    public final RuntimeLimits limits;
    public final RetryPolicy retry;
    public final TrustPolicy trust;
    public final PeerTransport transport;
    public final Listeners listeners;
    public final Activity activity = new Activity();
    public final Handles<InputId, TurnOutcome> turns = new Handles<>();
    public final Handles<RequestId, PeerReply> replies = new Handles<>();
    /** Prompts whose turns are to end without an answer; each until its turn has ended. */
    public final Set<InputId> cancelled = ConcurrentHashMap.newKeySet();

    /** Turns that wait for replies. */
    public final ReplyWaits waits = new ReplyWaits();

    /** When schedules are looked at. */
    public final AlarmClock alarmClock = new AlarmClock(this);

    /** What the log is told of a store that fails sessions. */
    public final StoreWarnings warnings = new StoreWarnings();

    /** Sessions that do not go on. */
    public final Troubles troubles = new Troubles();

    /** How the store is shared with other runtimes; null if it is this one's alone. */
    public final @Nullable Sharing sharing;

    /** Turns that may end elsewhere. */
    public final TurnEnds turnEnds;

    public final TurnSlots slots;
    private final Overdue overdue;
    private final @Nullable Overdue overdueTurns;

    private volatile @Nullable StoreLostException lost;

    public Kernel(
            Agent agent,
            SessionStore store,
            Environment env,
            RuntimeLimits limits,
            RetryPolicy retry,
            TrustPolicy trust,
            PeerTransport transport,
            List<RuntimeListener> listeners) {
        this.agent = agent;
        this.store = store;
        this.sharing = store.sharing().orElse(null);
        this.turnEnds = new TurnEnds(this);
        this.env = env;
        this.limits = limits;
        this.slots = new TurnSlots(env.executor(), env.scheduler(), limits.turns());
        this.overdue = new Overdue(env.scheduler(), limits.waits().store());
        this.overdueTurns = limits.turns()
                .length()
                .map(length -> new Overdue(env.scheduler(), length))
                .orElse(null);
        this.retry = retry;
        this.trust = trust;
        this.transport = transport;
        this.listeners = new Listeners(listeners, env.clock());
    }

    /**
     * Does something if an attempt at a turn that begins now lasts too long.
     *
     * @param own the bound of its session, or empty for that of the runtime
     * @param onOverdue must not wait
     * @return to be run at the end of the attempt
     */
    public Runnable limitTurn(Optional<Duration> own, Runnable onOverdue) {
        if (own.isPresent()) {
            Scheduler.Cancellation timer = env.scheduler().schedule(own.get(), onOverdue);
            return timer::cancel;
        }
        return overdueTurns == null ? () -> {} : overdueTurns.begin(onOverdue)::end;
    }

    /** Whether other runtimes may work on the same store. */
    public boolean shared() {
        return sharing != null;
    }

    /** Whether turns of a session may begin here. */
    public boolean owns(SessionId session) {
        return sharing == null || store.ownership().takesUp(session);
    }

    /** The term for which a session is this runtime's; 0 if it is another's. */
    public long term(SessionId session) {
        return sharing == null ? 1 : store.ownership().term(session);
    }

    public Instant now() {
        return env.clock().instant();
    }

    /** Refuses what comes from outside once closing has begun. */
    public void checkOpen() {
        StoreLostException reason = lost;
        if (reason != null) {
            throw new StoreLostException(String.valueOf(reason.getMessage()), reason);
        }
        if (!activity.open()) {
            throw closed();
        }
    }

    /** Refuses also what running turns do, which may go on while the runtime closes. */
    public void checkNotClosed() {
        if (activity.closed()) {
            throw closed();
        }
    }

    private static MeerkatClosedException closed() {
        return new MeerkatClosedException("this Meerkat is closed");
    }

    /** What a receipt proves once the store has a write. */
    public Delivery stored(boolean duplicate) {
        return store.durable() ? new Delivery.Durable(duplicate) : new Delivery.HandedOff();
    }

    /** An input that comes now, from this thread. */
    public NewInput input(InputId id, Track track, InputBody body) {
        return new NewInput(id, now(), track, body, listeners.currentTrace());
    }

    /** This thread of the runtime's executor is about to wait, until {@code ready}. */
    public void beforeWait(BooleanSupplier ready) {
        if (env.executor() instanceof CooperativeExecutor cooperative) {
            cooperative.beforeWait(ready);
        }
    }

    /** The wait of this thread is over. */
    public void afterWait() {
        if (env.executor() instanceof CooperativeExecutor cooperative) {
            cooperative.afterWait();
        }
    }

    /** Runs something that may wait, when {@code delay} has passed. */
    public void later(Duration delay, Runnable work) {
        env.scheduler().schedule(delay, () -> env.executor().execute(work));
    }

    /** An append to an inbox; where others may append too, the store checks the bounds. */
    public InputAppend withinRoom(InputAppend append) {
        return shared() ? append.within(LaneCounters.room(append.input().track(), limits)) : append;
    }

    /** Waits for the store on a caller's thread; a timeout leaves the outcome of {@code id} unknown. */
    public <T> T await(CompletionStage<T> stage, UUID id) throws InterruptedException {
        CompletableFuture<T> future = stage.toCompletableFuture();
        try {
            return future.get(limits.waits().store().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw late(id, e);
        } catch (ExecutionException e) {
            failed(e.getCause());
            throw failure(e.getCause(), id);
        }
    }

    /** The same without a thread that waits. */
    public <T> CompletionStage<T> bounded(CompletionStage<T> stage, UUID id) {
        CompletableFuture<T> asked = stage.toCompletableFuture();
        if (asked.isDone() && !asked.isCompletedExceptionally()) {
            return stage;
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        Overdue.@Nullable Wait wait =
                asked.isDone() ? null : overdue.begin(() -> answer.completeExceptionally(late(id, null)));
        stage.whenComplete((result, thrown) -> {
            if (wait != null) {
                wait.end();
            }
            if (thrown == null) {
                answer.complete(result);
            } else {
                failed(thrown);
                answer.completeExceptionally(failure(thrown, id));
            }
        });
        return answer;
    }

    private MeerkatException late(UUID id, @Nullable Throwable cause) {
        return new UnknownOutcomeException(
                id, "the store did not acknowledge within " + limits.waits().store(), cause);
    }

    /** The store's promise: a {@link MeerkatException} tells what it is, anything else is unknown. */
    public static MeerkatException failure(@Nullable Throwable cause, UUID id) {
        Throwable root = root(cause);
        return root instanceof MeerkatException known
                ? known
                : new UnknownOutcomeException(id, "the store failed while it wrote: " + root, root);
    }

    /** Whether something may be stored although this is what its write has failed with. */
    public static boolean unknown(@Nullable Throwable failure) {
        return failure != null && !(root(failure) instanceof NotDoneException);
    }

    /** What a stage failed with. */
    public static @Nullable Throwable root(@Nullable Throwable cause) {
        return cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
    }

    /**
     * Looks at why a write failed. Where the store is lost, nothing more may be done: running turns are put aside, no
     * retry goes on, and who waits hears of it.
     */
    public void failed(@Nullable Throwable cause) {
        if (root(cause) instanceof StoreLostException reason && lost == null) {
            lost = reason;
            LOG.error("this runtime stops: {}", reason.getMessage());
            activity.finishClosing();
            activity.running().forEach(Activity.Worker::suspend);
            turns.failAll(prompt -> notStored(prompt.value(), reason));
            replies.failAll(request -> notStored(request.value(), reason));
        }
    }

    /** Whether the store is known to take no writes now. */
    public boolean unavailable() {
        return store.health().status() == Health.Status.UNAVAILABLE;
    }

    /** For one who waits for what the store would have to take first. */
    public static UnknownOutcomeException notStored(UUID id, Throwable cause) {
        return new UnknownOutcomeException(
                id,
                "the store takes no writes now; what is waited for goes on by itself when it does: "
                        + cause.getMessage(),
                cause);
    }

    /** Tells listeners of a refusal. */
    public void refused(SessionId session, NotDoneException refusal) {
        if (listeners.any()) {
            listeners.tell(new RuntimeEvent.Refused(session, refusal.code()));
        }
    }
}
