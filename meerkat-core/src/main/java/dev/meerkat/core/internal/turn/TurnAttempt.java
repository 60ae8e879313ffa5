package dev.meerkat.core.internal.turn;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.Scheduler;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.Commits;
import dev.meerkat.core.internal.session.NameIds;
import dev.meerkat.core.internal.session.Peers;
import dev.meerkat.core.internal.session.RunningTurn;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.internal.session.Step;
import dev.meerkat.core.internal.session.StopSignal;
import dev.meerkat.core.internal.session.StoreFault;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a turn: what it has taken up and done so far, and the steps that it commits. Confined to the loop's
 * thread, but for {@link #write}.
 */
final class TurnAttempt {
    final SessionState session;
    final Kernel kernel;
    final Peers peers;
    /** What other threads may do to it. */
    final RunningTurn running;

    final Account account;
    final TurnObserver observer;
    private final Commits commits;
    private TurnRecord record;
    /** Taken up and not consumed yet; the current step consumes them. */
    private List<Waiting> staged = List.of();
    /** What the agent's current call answers. */
    private List<AdmittedInput> call = List.of();
    /** Entries of the current call that earlier attempts have committed. */
    private List<TranscriptEntry> earlier = List.of();
    /** How often the current call has done what, for {@link #key}. */
    private final Map<String, Integer> done = new HashMap<>(0);

    private Step step = new Step();
    /** What the agent has written since its last step or answer; any thread of the agent may write. */
    private final Queue<String> written = new ConcurrentLinkedQueue<>();
    /** Of the agent's current call. */
    private @Nullable FinishReason finishReason;

    private @Nullable StoreFault fault;
    /** What earlier attempts at this turn failed with; the marks are past these inputs. */
    private final List<FailedInput> failed;

    TurnAttempt(SessionState session, Commits commits, Peers peers, TurnRecord record, List<FailedInput> failed) {
        this.session = session;
        this.kernel = session.kernel;
        this.commits = commits;
        this.peers = peers;
        this.record = record;
        this.failed = failed;
        this.running = new RunningTurn(record.id());
        this.account = new Account(kernel, record);
        this.observer = new TurnObserver(this);
    }

    // --- how it begins ---------------------------------------------------------------------------

    /** The same attempt goes on in another runtime, or the next one begins because the process ended during this one. */
    void resume(int attempt) {
        record = record.withAttempt(attempt).withNotBefore(null).withSpent(account.used(), account.turn());
    }

    /** Reads what committed steps of this turn have done; returns the failed inputs that none has consumed. */
    List<Waiting> readEarlier() {
        if (record.step() > 0) {
            earlier = ofThisTurn(kernel.store.transcript(
                    session.id, record.firstEntry(), (int) (session.messageCount() - record.firstEntry())));
        }
        Set<InputId> consumed = new HashSet<>();
        for (TranscriptEntry entry : earlier) {
            if (entry instanceof TranscriptEntry.Input input) {
                consumed.add(input.input().id());
                if (input.input().body() instanceof InputBody.Prompt) {
                    add(input.input().id());
                }
            }
        }
        List<Waiting> batch = new ArrayList<>();
        for (FailedInput before : failed) {
            if (!consumed.contains(before.input().id())) {
                batch.add(new Waiting(Track.of(before.input().body()), 0, before.input()));
            }
        }
        return batch;
    }

    private List<TranscriptEntry> ofThisTurn(List<TranscriptEntry> entries) {
        return entries.stream()
                .filter(e -> turnOf(e).equals(Optional.of(record.id())))
                .toList();
    }

    private static Optional<TurnId> turnOf(TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.Input input) {
            return Optional.of(input.turnId());
        }
        if (entry instanceof TranscriptEntry.ModelStep model) {
            return Optional.of(model.turnId());
        }
        if (entry instanceof TranscriptEntry.Tool tool) {
            return Optional.of(tool.turnId());
        }
        if (entry instanceof TranscriptEntry.Sent sent) {
            return Optional.of(sent.turnId());
        }
        if (entry instanceof TranscriptEntry.Compacted compacted) {
            return Optional.of(compacted.turnId());
        }
        return entry instanceof TranscriptEntry.Replied replied ? Optional.of(replied.turnId()) : Optional.empty();
    }

    /** Commits that the attempt takes up these inputs. */
    void started(List<Waiting> batch) {
        Instant now = kernel.now();
        Step start = new Step();
        start.event(new SessionEvent.TurnStarted(Cursor.START, now, record.id(), record.attempt()));
        List<InputId> ids = Step.ids(batch);
        stagedEvent(start, ids, now);
        commit(start, progress(session.progress().consumed(), record));
        account.committed();
        called(batch);
        observer.started(batch, now);
        newStep(batch, ids, now);
    }

    private void called(List<Waiting> batch) {
        List<AdmittedInput> inputs = new ArrayList<>();
        for (TranscriptEntry entry : earlier) {
            if (entry instanceof TranscriptEntry.Input input) {
                inputs.add(input.input());
            }
        }
        batch.forEach(w -> inputs.add(w.input()));
        call = List.copyOf(inputs);
    }

    private void stagedEvent(Step into, List<InputId> ids, Instant now) {
        if (!ids.isEmpty()) {
            into.event(new SessionEvent.InputStaged(Cursor.START, now, record.id(), ids));
        }
    }

    /** Begins the step that consumes these inputs. */
    private void newStep(List<Waiting> batch, List<InputId> ids, Instant now) {
        staged = batch;
        step = Step.consuming(record.id(), batch, ids, now);
        for (Waiting waiting : batch) {
            AdmittedInput input = waiting.input();
            if (input.body() instanceof InputBody.Prompt) {
                add(input.id());
            } else if (input.body() instanceof InputBody.External external && !waits(input)) {
                step.consumedBytes -= external.event().sizeBytes();
            }
        }
    }

    /** Whether an input counts in its lane: not if the marks are past it already. */
    boolean waits(AdmittedInput input) {
        return failed.stream().noneMatch(f -> f.input().id().equals(input.id()));
    }

    private void add(InputId prompt) {
        running.prompts().add(prompt);
        if (kernel.cancelled.contains(prompt)) {
            running.signal().stop(StopSignal.Way.CANCELLED);
        }
    }

    /** These inputs are what it was to handle, and it fails before it begins. */
    void fails(List<Waiting> batch) {
        called(batch);
        staged = batch;
    }

    /** The agent is called anew. */
    void beginCall() {
        done.clear();
        finishReason = null;
    }

    // --- its steps -------------------------------------------------------------------------------

    /** The agent has answered, and now gets inputs that came meanwhile. */
    void oneMoreRound(String answer, List<Waiting> steered) {
        step.transcript.add(new TranscriptEntry.Answer(kernel.now(), record.id(), answer, false));
        int entries = step.transcript.size();
        commitStep(steered, before -> before + entries);
        earlier = List.of();
        written.clear();
        call = steered.stream().map(Waiting::input).toList();
    }

    /** Commits the step, takes up steered inputs with it, and begins the next step. */
    private void commitStep(List<Waiting> steered, LongUnaryOperator firstEntry) {
        Marks marks = Batch.marks(record.staged(), steered);
        Instant now = kernel.now();
        List<InputId> ids = Step.ids(steered);
        stagedEvent(step, ids, now);
        commits.step(step, before -> {
            TurnRecord next = new TurnRecord(
                    record.id(),
                    record.attempt(),
                    record.step() + 1,
                    firstEntry.applyAsLong(before),
                    marks,
                    null,
                    account.used(),
                    account.turn());
            return progress(record.staged(), next);
        });
        account.committed();
        record = Objects.requireNonNull(session.progress().turn());
        observer.stepped(steered, now);
        newStep(steered, ids, now);
    }

    /** Commits a step that ends the turn, or changes nothing of it. */
    void commit(Step last, SessionProgress reached) {
        commits.step(last, entries -> reached);
    }

    // --- for the agent ---------------------------------------------------------------------------

    /** Ends the step at a safe point; with {@code steer}, steered inputs enter. */
    List<AdmittedInput> safePoint(boolean steer) throws InterruptedException {
        running.signal().leaveAgent();
        try {
            if (running.signal().asked()) {
                throw new InterruptedException("the turn was interrupted");
            }
            List<Waiting> steered = steer ? Batch.steered(session, record.staged()) : List.of();
            if (!steered.isEmpty() || !step.isEmpty()) {
                commitStep(steered, before -> record.firstEntry());
            }
            return steered.stream().map(Waiting::input).toList();
        } catch (StoreFault e) {
            // The agent may catch this and go on; the turn must not.
            fault = e;
            throw e;
        } finally {
            running.signal().enterAgent();
        }
    }

    /** Waits on the loop's thread for what an agent has begun elsewhere, on the runtime's clock. */
    void await(CompletableFuture<?> result, Duration timeout) throws InterruptedException {
        CompletableFuture<Void> late = new CompletableFuture<>();
        Scheduler.Cancellation timer = kernel.env.scheduler().schedule(timeout, () -> late.complete(null));
        kernel.beforeWait(
                () -> result.isDone() || late.isDone() || running.signal().asked());
        try {
            Object unused = CompletableFuture.anyOf(result.handle((done, failure) -> true), late)
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("neither of the two can fail", e);
        } finally {
            kernel.afterWait();
            timer.cancel();
        }
    }

    /** Refuses to call a tool of a session that may be another's by now. */
    void checkOwned() {
        try {
            session.fence.checkOwned();
        } catch (StoreFault e) {
            // The agent may catch this and go on; the turn must not.
            fault = e;
            throw e;
        }
    }

    /** Something that a call of the agent does: its kind, all that makes two of them the same, and both together. */
    record Deed(String kind, String content, String whole) {
        Deed(String kind, String content) {
            this(kind, content, kind + content);
        }
    }

    /**
     * A key for something that this call of the agent does, the same when the call is made again after
     * a crash: made of what is done, and of how often the call has done the very same before.
     */
    UUID key(Deed deed) {
        int before = done.getOrDefault(deed.whole, 0);
        return NameIds.of(
                record.id().value(), deed.kind + ":" + record.firstEntry() + ":" + before + ":" + deed.content);
    }

    /** What {@link #key} was asked for is done. */
    void did(Deed deed) {
        done.merge(deed.whole, 1, Integer::sum);
    }

    /** Completes when a steered input waits that this turn has not taken up. */
    CompletionStage<?> steered() {
        return running.steered(() -> !Batch.steered(session, record.staged()).isEmpty());
    }

    TurnId id() {
        return record.id();
    }

    /** A fault of the store that the agent may have caught. */
    @Nullable
    StoreFault fault() {
        return fault;
    }

    TurnRecord record() {
        return record;
    }

    Step step() {
        return step;
    }

    List<AdmittedInput> call() {
        return call;
    }

    List<FailedInput> failedBefore() {
        return failed;
    }

    List<Waiting> staged() {
        return staged;
    }

    List<InputId> prompts() {
        return running.prompts();
    }

    List<TranscriptEntry> earlier() {
        return earlier;
    }

    /** The agent has said all of this in a step of its own; what it writes from now on is something else. */
    void said(TranscriptEntry.ModelStep said) {
        step.transcript.add(said);
        written.clear();
    }

    void finished(FinishReason reason) {
        finishReason = reason;
    }

    @Nullable
    FinishReason finishReason() {
        return finishReason;
    }

    void write(String delta) {
        written.add(delta);
        session.say(running, delta);
    }

    /** What the agent has written since its last step or answer. */
    String written() {
        return String.join("", written);
    }

    /** How far the session is with these inputs consumed and this turn open. */
    SessionProgress progress(Marks consumed, @Nullable TurnRecord turn) {
        Marks solo = session.progress().soloUpTo();
        boolean soloDone = solo != null && consumed.max(solo).equals(consumed);
        return new SessionProgress(
                consumed,
                turn,
                soloDone ? null : solo,
                account.session(session.progress().spent()),
                null);
    }
}
