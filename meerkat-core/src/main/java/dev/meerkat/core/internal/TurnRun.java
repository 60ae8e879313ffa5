package dev.meerkat.core.internal;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.core.store.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a turn, on its loop's thread: takes up inputs, calls the agent, and commits steps
 * until the turn ends. What other threads may do to it goes through its {@link StopSignal}.
 */
final class TurnRun {
    private static final int CRASHES_BORNE = 10;

    final SessionLoop loop;
    final StopSignal signal = new StopSignal();
    private final Kernel kernel;
    private TurnRecord record;
    /** Taken up and not consumed yet; the current step consumes them. */
    private List<Waiting> staged = List.of();
    /** What the agent's current call answers. */
    private List<AdmittedInput> call = List.of();
    /** Entries of the current call that earlier attempts have committed. */
    private List<TranscriptEntry> earlier = List.of();

    /** Taken up by this turn; looked into by who cancels one. */
    private final List<InputId> prompts = new CopyOnWriteArrayList<>();
    /** How often the current call has done what, for {@link #key}. */
    private final Map<String, Integer> done = new HashMap<>(0);

    private Step step = new Step();
    private StringBuilder written = new StringBuilder(0);
    private @Nullable StoreFault fault;

    private TurnRun(SessionLoop loop, TurnRecord record) {
        this.loop = loop;
        this.kernel = loop.kernel;
        this.record = record;
    }

    /** Runs the session's next turn, or goes on with its open one. */
    static void next(SessionLoop loop) {
        TurnRecord open = loop.progress().turn();
        if (open != null) {
            new TurnRun(loop, open).run(TurnRun::goOn);
            return;
        }
        List<Waiting> batch = Batch.forTurn(loop);
        if (batch.isEmpty()) {
            endSolo(loop);
            return;
        }
        Marks marks = Batch.marks(loop.progress().consumed(), batch);
        TurnId id = new TurnId(loop.kernel.env.ids().next());
        TurnRecord record = new TurnRecord(id, 1, 0, loop.messageCount(), marks, null);
        new TurnRun(loop, record).run(turn -> turn.started(batch));
    }

    /** Nothing is left of the inputs that were to be handled one by one. */
    private static void endSolo(SessionLoop loop) {
        SessionProgress progress = loop.progress();
        if (progress.soloUpTo() == null) {
            throw new StoreFault("inputs are counted as waiting that the store does not have", null);
        }
        loop.commit(new Step(), new SessionProgress(progress.consumed(), null, null));
    }

    TurnId turnId() {
        return record.id();
    }

    // --- how an attempt runs ---------------------------------------------------------------------

    private interface Start {
        /** Commits the start; false if the turn ended there. */
        boolean start(TurnRun turn);
    }

    private void run(Start start) {
        loop.running(this);
        try {
            if (start.start(this)) {
                rounds();
            }
        } finally {
            loop.running(null);
            signal.ended();
        }
    }

    /** Goes on from the last committed step: after a failed attempt, a restart or a crash. */
    private boolean goOn() {
        boolean crashed = record.notBefore() == null;
        int attempt = crashed ? record.attempt() + 1 : record.attempt();
        record = new TurnRecord(record.id(), attempt, record.step(), record.firstEntry(), record.staged(), null);
        earlier = ofThisTurn(kernel.store.transcript(
                loop.id, record.firstEntry(), (int) (loop.messageCount() - record.firstEntry())));
        List<Waiting> batch = Batch.staged(loop, record.staged());
        for (TranscriptEntry entry : earlier) {
            if (entry instanceof TranscriptEntry.Input input && input.input().body() instanceof InputBody.Prompt) {
                add(input.input().id());
            }
        }
        if (crashed && crashedTooOften(batch)) {
            return false;
        }
        return started(batch);
    }

    /**
     * The end of a process says little of the inputs, so more of it is borne than of failures; but an
     * input that ends the process each time must not do so for ever.
     */
    private boolean crashedTooOften(List<Waiting> batch) {
        boolean several = batch.size() > 1 && record.step() == 0;
        int borne = several ? kernel.retry.attempts() : kernel.retry.attempts() + CRASHES_BORNE;
        if (record.attempt() <= borne) {
            return false;
        }
        staged = batch;
        TurnEnd end = new TurnEnd(this);
        String message = "the process ended during each of " + (record.attempt() - 1) + " attempts";
        if (several) {
            end.split("agent_crashed", message);
        } else {
            end.givenUp("agent_crashed", message);
        }
        return true;
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
        if (entry instanceof TranscriptEntry.Tool tool) {
            return Optional.of(tool.turnId());
        }
        if (entry instanceof TranscriptEntry.Sent sent) {
            return Optional.of(sent.turnId());
        }
        return entry instanceof TranscriptEntry.Replied replied ? Optional.of(replied.turnId()) : Optional.empty();
    }

    private boolean started(List<Waiting> batch) {
        Instant now = kernel.now();
        Step start = new Step();
        start.event(c -> new SessionEvent.TurnStarted(c, now, record.id(), record.attempt()));
        stagedEvent(start, batch, now);
        loop.commit(start, progress(loop.progress().consumed(), record));
        kernel.tell(l -> l.turnStarted(loop.id, record.id(), record.attempt(), batch.size()));
        List<AdmittedInput> inputs = new ArrayList<>();
        for (TranscriptEntry entry : earlier) {
            if (entry instanceof TranscriptEntry.Input input) {
                inputs.add(input.input());
            }
        }
        batch.forEach(w -> inputs.add(w.input()));
        call = List.copyOf(inputs);
        newStep(batch, now);
        return true;
    }

    private void stagedEvent(Step into, List<Waiting> batch, Instant now) {
        if (!batch.isEmpty()) {
            List<InputId> ids = ids(batch);
            into.event(c -> new SessionEvent.InputStaged(c, now, record.id(), ids));
        }
    }

    /** Begins the step that consumes these inputs. */
    private void newStep(List<Waiting> batch, Instant now) {
        staged = batch;
        step = new Step();
        if (batch.isEmpty()) {
            return;
        }
        List<InputId> ids = ids(batch);
        step.event(c -> new SessionEvent.InputConsumed(c, now, record.id(), ids));
        for (Waiting waiting : batch) {
            AdmittedInput input = waiting.input();
            step.transcript.add(new TranscriptEntry.Input(now, record.id(), input));
            if (input.body() instanceof InputBody.External external) {
                step.consumedBytes += external.event().sizeBytes();
            } else if (input.body() instanceof InputBody.Prompt) {
                add(input.id());
            }
        }
    }

    private void add(InputId prompt) {
        prompts.add(prompt);
        if (kernel.cancelled.contains(prompt)) {
            signal.stop();
        }
    }

    private void rounds() {
        if (signal.stopped() && !signal.suspended()) {
            end("", null);
            return;
        }
        while (true) {
            String answer = "";
            Throwable failure = null;
            try {
                answer = callAgent();
            } catch (Throwable e) { // whatever an agent throws fails its turn, and nothing else
                failure = e;
            }
            if (fault != null) {
                throw fault;
            }
            if (signal.suspended()) {
                new TurnEnd(this).putAside();
                return;
            }
            if (failure == null && !signal.stopped()) {
                List<Waiting> steered = Batch.steered(loop, record.staged());
                if (!steered.isEmpty()) {
                    oneMoreRound(answer, steered);
                    continue;
                }
            }
            end(answer, failure);
            return;
        }
    }

    private void end(String answer, @Nullable Throwable failure) {
        if (!signal.finish()) {
            new TurnEnd(this).interrupted(answer.isEmpty() ? written.toString() : answer);
        } else if (failure != null) {
            new TurnEnd(this).failed(failure);
        } else {
            new TurnEnd(this).completed(answer);
        }
    }

    private String callAgent() throws Exception {
        TurnView view = new TurnView(this);
        done.clear();
        signal.enterAgent();
        try {
            @Nullable String answer = kernel.agent.answer(view);
            if (answer == null) {
                throw new IllegalStateException("the agent answered null");
            }
            return answer;
        } finally {
            signal.leaveAgent();
            view.end();
        }
    }

    private void oneMoreRound(String answer, List<Waiting> steered) {
        step.transcript.add(new TranscriptEntry.Answer(kernel.now(), record.id(), answer, false));
        int entries = step.transcript.size();
        commitStep(steered, before -> before + entries);
        earlier = List.of();
        written = new StringBuilder(0);
        call = steered.stream().map(Waiting::input).toList();
    }

    /** Commits the step, takes up steered inputs with it, and begins the next step. */
    private void commitStep(List<Waiting> steered, LongUnaryOperator firstEntry) {
        Marks marks = Batch.marks(record.staged(), steered);
        Instant now = kernel.now();
        stagedEvent(step, steered, now);
        loop.commits.step(step, before -> {
            TurnRecord next = new TurnRecord(
                    record.id(), record.attempt(), record.step() + 1, firstEntry.applyAsLong(before), marks, null);
            return progress(record.staged(), next);
        });
        record = Objects.requireNonNull(loop.progress().turn());
        newStep(steered, now);
    }

    // --- for the agent, on the loop's thread -------------------------------------------------------

    /** Ends the step at a safe point; with {@code steer}, steered inputs enter. */
    List<AdmittedInput> safePoint(boolean steer) throws InterruptedException {
        signal.leaveAgent();
        try {
            if (signal.asked()) {
                throw new InterruptedException("the turn was interrupted");
            }
            List<Waiting> steered = steer ? Batch.steered(loop, record.staged()) : List.of();
            if (!steered.isEmpty() || !step.isEmpty()) {
                commitStep(steered, before -> record.firstEntry());
            }
            return steered.stream().map(Waiting::input).toList();
        } catch (StoreFault e) {
            // The agent may catch this and go on; the turn must not.
            fault = e;
            throw e;
        } finally {
            signal.enterAgent();
        }
    }

    /**
     * A key for something that this call of the agent does, the same when the call is made again after
     * a crash: made of what is done, and of how often the call has done the very same before.
     */
    String key(String kind, String content) {
        int before = done.getOrDefault(kind + content, 0);
        return NameIds.of(record.id().value(), kind + ":" + record.firstEntry() + ":" + before + ":" + content)
                .toString();
    }

    /** What {@link #key} was asked for is done. */
    void did(String kind, String content) {
        done.merge(kind + content, 1, Integer::sum);
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

    List<Waiting> staged() {
        return staged;
    }

    List<InputId> prompts() {
        return prompts;
    }

    List<TranscriptEntry> earlier() {
        return earlier;
    }

    void write(String delta) {
        written.append(delta);
        loop.links.show(new SessionEvent.TextDelta(loop.last(), record.id(), delta));
    }

    /** How far the session is with these inputs consumed and this turn open. */
    SessionProgress progress(Marks consumed, @Nullable TurnRecord turn) {
        Marks solo = loop.progress().soloUpTo();
        boolean soloDone = solo != null && consumed.max(solo).equals(consumed);
        return new SessionProgress(consumed, turn, soloDone ? null : solo);
    }

    private static List<InputId> ids(List<Waiting> inputs) {
        if (inputs.size() == 1) {
            return List.of(inputs.get(0).input().id());
        }
        return inputs.stream().map(w -> w.input().id()).toList();
    }
}
