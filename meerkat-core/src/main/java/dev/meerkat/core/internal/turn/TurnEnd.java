package dev.meerkat.core.internal.turn;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Parked;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.ParkSessionException;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.internal.session.Step;
import dev.meerkat.core.internal.session.StopSignal;
import dev.meerkat.core.internal.session.TurnCallers;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways in which an attempt at a turn ends; each is one commit. Confined to the loop's thread. */
final class TurnEnd {
    private static final Logger LOG = LoggerFactory.getLogger(TurnEnd.class);
    private static final double JITTER = 0.2;

    private final TurnAttempt turn;
    private final SessionState session;
    private final Kernel kernel;
    private final TurnRecord record;
    private final TurnId id;

    TurnEnd(TurnAttempt turn) {
        this.turn = turn;
        this.session = turn.session;
        this.kernel = turn.kernel;
        this.record = turn.record();
        this.id = turn.id();
    }

    void completed(String answer) {
        Instant now = kernel.now();
        turn.step().transcript.add(new TranscriptEntry.Answer(now, id, answer, false));
        TurnOutcome.Completed end = new TurnOutcome.Completed(
                Optional.of(id),
                answer,
                Optional.ofNullable(turn.account.used()),
                Optional.ofNullable(turn.finishReason()));
        turn.step()
                .event(new SessionEvent.TurnCompleted(Cursor.START, now, id, answer, end.usage(), end.finishReason()));
        handled();
        turn.commit(turn.step(), turn.progress(record.staged(), null));
        tell("completed", null, turn.prompts(), end);
    }

    /** The turn was told to stop: what it did is kept, and what was taken up for others only goes back if it is cancelled. */
    void stopped(StopSignal.Way way, String text) {
        List<Waiting> others =
                turn.staged().stream().filter(w -> w.track() != Track.PROMPT).toList();
        if (way == StopSignal.Way.CANCELLED && !others.isEmpty()) {
            cancelled(text, others);
        } else {
            handled();
            interrupted(text, turn.step(), record.staged(), turn.prompts());
        }
    }

    /**
     * The turn ends without the inputs of others. They are handled again, and what the agent has sent may be for them:
     * so the messages of this step do not leave. The calls of tools are done, and stay recorded.
     */
    private void cancelled(String text, List<Waiting> others) {
        Instant now = kernel.now();
        Marks consumed = session.progress().consumed();
        List<Waiting> own =
                turn.staged().stream().filter(w -> w.track() == Track.PROMPT).toList();
        Step step = Step.consuming(id, own, now);
        for (TranscriptEntry entry : turn.step().transcript) {
            if (entry instanceof TranscriptEntry.ModelStep) {
                step.transcript.add(entry);
            } else if (entry instanceof TranscriptEntry.Tool tool) {
                step.transcript.add(tool);
                step.event(new SessionEvent.ToolCalled(Cursor.START, tool.at(), id, tool.call()));
            }
        }
        List<InputId> back = others.stream().map(w -> w.input().id()).toList();
        List<InputId> ended =
                turn.prompts().stream().filter(p -> !back.contains(p)).toList();
        handled(step, back);
        interrupted(text, step, Batch.marks(consumed, own), ended);
    }

    private void interrupted(String text, Step step, Marks consumed, List<InputId> prompts) {
        Instant now = kernel.now();
        step.transcript.add(new TranscriptEntry.Answer(now, id, text, true));
        step.event(new SessionEvent.TurnInterrupted(Cursor.START, now, id, text));
        turn.commit(step, turn.progress(consumed, null));
        tell("interrupted", null, prompts, new TurnOutcome.Interrupted(Optional.of(id), text));
    }

    /**
     * The runtime closes, and the agent did not end in time, or failed, which says nothing of its inputs: what it uses
     * closes as well. The attempt did not happen, and is left for the next runtime.
     */
    void putAside(@Nullable Throwable failure) {
        LOG.info("session {}: turn {} is put aside, because the runtime closes", session.id, id);
        LOG.debug("session {}: turn {} did not end", session.id, id, failure);
        turn.commit(
                new Step(),
                turn.progress(
                        session.progress().consumed(), record.putAside(turn.account.used(), turn.account.turn())));
        turn.observer.outcome("put_aside", null);
    }

    /** The agent asks for it: the turn stays open, and nothing is done until somebody lets the session go on. */
    void parked(ParkSessionException reason) {
        Instant now = kernel.now();
        String message = String.valueOf(reason.getMessage());
        Parked why = new Parked(now, reason.code(), message);
        Step step = new Step();
        step.event(new SessionEvent.SessionParked(Cursor.START, now, id, why.code(), why.message()));
        TurnRecord open = record.putAside(turn.account.used(), turn.account.turn());
        turn.commit(step, turn.progress(session.progress().consumed(), open).parkedFor(why));
        session.tellParked();
        LOG.warn("session {}: parked at turn {} for {}: {}", session.id, id, why.code(), why.message());
        tell("parked", why.code(), turn.prompts(), new TurnOutcome.Parked(Optional.of(id), why.code(), why.message()));
        TurnCallers.tellParked(session);
    }

    private void handled() {
        handled(turn.step(), Set.of());
    }

    /** What took more than one attempt, but for what goes back, keeps how many it took. */
    private void handled(Step step, Collection<InputId> back) {
        Map<InputId, AdmittedInput> inputs = new LinkedHashMap<>();
        turn.failedBefore().forEach(failed -> inputs.put(failed.input().id(), failed.input()));
        if (record.attempt() > 1) {
            turn.call().forEach(input -> inputs.put(input.id(), input));
        }
        inputs.keySet().removeAll(back);
        if (inputs.isEmpty()) {
            return;
        }
        TurnRecord last = atRest(null);
        Instant now = kernel.now();
        inputs.values()
                .forEach(input -> step.failed.add(new FailedInput(
                        input, FailedInput.State.HANDLED, last, now, Duration.ZERO, Duration.ZERO, "", "")));
    }

    void failed(Throwable thrown) {
        LOG.debug("session {}: turn {} failed", session.id, id, thrown);
        Failure failure = Failure.of(thrown);
        if (turn.staged().size() > 1 && record.step() == 0) {
            split(failure);
            return;
        }
        if (failure.nature() == Failure.Nature.PERMANENT) {
            givenUp(failure);
            return;
        }
        RetryPolicy.InPlace inPlace =
                failure.passes() ? kernel.retry.transientFailures() : kernel.retry.otherFailures();
        FailedInput before =
                turn.failedBefore().isEmpty() ? null : turn.failedBefore().get(0);
        if (before != null && before.state() == FailedInput.State.SET_ASIDE) {
            setAside(failure, before.delay().multipliedBy(2), before.waited());
        } else if (record.attempt() < inPlace.attempts() && failure.retryAfter().compareTo(inPlace.maxDelay()) <= 0) {
            Duration delay = longer(jittered(inPlace.delayAfter(record.attempt())), failure.retryAfter());
            retry(failure, FailedInput.State.HELD, delay, Duration.ZERO);
        } else {
            setAside(failure, Duration.ZERO, Duration.ZERO);
        }
    }

    /** Tries the turn again later, or gives it up. */
    private void setAside(Failure failure, Duration next, Duration waited) {
        RetryPolicy.SetAside policy = kernel.retry.setAside();
        Duration left = policy.giveUpAfter().minus(waited);
        boolean callerWaits = turn.call().stream().anyMatch(input -> input.body() instanceof InputBody.Prompt);
        if (left.isNegative() || left.isZero() || (callerWaits && !failure.passes())) {
            givenUp(failure);
            return;
        }
        Duration delay = jittered(shorter(longer(next, policy.firstDelay()), policy.maxDelay()));
        Duration wait = shorter(longer(delay, failure.retryAfter()), left);
        retry(failure, FailedInput.State.SET_ASIDE, wait, waited.plus(wait));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** Handles one by one, at once, what was handled together, so that a poison input does not take the others with it. */
    void split(Failure failure) {
        Instant now = kernel.now();
        Step failed = new Step();
        failed.event(new SessionEvent.TurnFailed(
                Cursor.START, now, id, record.attempt(), failure.code(), failure.message(), Optional.of(now)));
        Marks before = session.progress().soloUpTo();
        Marks solo = before == null ? record.staged() : before.max(record.staged());
        SessionProgress reached = session.progress();
        turn.commit(
                failed,
                new SessionProgress(reached.consumed(), null, solo, turn.account.session(reached.spent()), null));
        warn(failure, "its inputs are now handled one by one");
        turn.observer.retried(
                failure, turn.staged().stream().map(w -> w.input().id()).toList(), Duration.ZERO, false);
    }

    /** The turn is tried again after a wait; the marks go past its inputs, so that others need not wait for it. */
    private void retry(Failure failure, FailedInput.State state, Duration delay, Duration waited) {
        Instant now = kernel.now();
        Instant retryAt = now.plus(delay);
        Step failed = failedStep(failure, state, now, retryAt, delay, waited);
        boolean setAside = state == FailedInput.State.SET_ASIDE && waited.equals(delay);
        if (setAside) {
            List<InputId> inputs = ids(failed);
            failed.event(new SessionEvent.InputSetAside(
                    Cursor.START, now, id, inputs, failure.code(), failure.message(), retryAt));
        }
        turn.commit(failed, turn.progress(record.staged(), null));
        session.failedChanged();
        warn(
                failure,
                (state == FailedInput.State.HELD ? "tried again at " : "set aside, later inputs go on; tried again at ")
                        + retryAt);
        turn.running.signal().ended();
        turn.observer.retried(failure, ids(failed), delay, state == FailedInput.State.SET_ASIDE);
    }

    /** The last attempt failed: what it was to handle is a dead letter, and the session goes on. */
    void givenUp(Failure failure) {
        Instant now = kernel.now();
        Step last = failedStep(failure, FailedInput.State.DEAD, now, null, Duration.ZERO, Duration.ZERO);
        List<InputId> dead = ids(last);
        last.event(new SessionEvent.InputDeadLettered(Cursor.START, now, id, dead, failure.code(), failure.message()));
        turn.commit(last, turn.progress(record.staged(), null));
        session.failedChanged();
        warn(failure, "given up: a dead letter now");
        turn.observer.deadLettered(failure, dead);
        Set<InputId> prompts = new LinkedHashSet<>(turn.prompts());
        turn.call().stream()
                .filter(input -> input.body() instanceof InputBody.Prompt)
                .forEach(input -> prompts.add(input.id()));
        tell(
                "dead_lettered",
                failure.code(),
                prompts,
                new TurnOutcome.Failed(Optional.of(id), failure.code(), failure.message()));
    }

    private Step failedStep(
            Failure failure,
            FailedInput.State state,
            Instant now,
            @Nullable Instant retryAt,
            Duration delay,
            Duration waited) {
        Step step = new Step();
        step.event(new SessionEvent.TurnFailed(
                Cursor.START,
                now,
                id,
                record.attempt(),
                failure.code(),
                failure.message(),
                Optional.ofNullable(retryAt)));
        for (Waiting waiting : turn.staged()) {
            if (waiting.input().body() instanceof InputBody.External external && turn.waits(waiting.input())) {
                step.consumedBytes += external.event().sizeBytes();
            }
        }
        TurnRecord next = atRest(retryAt);
        for (AdmittedInput input : turn.call()) {
            step.failed.add(new FailedInput(input, state, next, now, delay, waited, failure.code(), failure.message()));
        }
        return step;
    }

    /** As it is kept with its failed inputs, which its session has gone past. */
    private TurnRecord atRest(@Nullable Instant retryAt) {
        return record.withStaged(Marks.ZERO).withNotBefore(retryAt).withSpent(turn.account.used(), turn.account.turn());
    }

    private static List<InputId> ids(Step step) {
        return step.failed.stream().map(failed -> failed.input().id()).toList();
    }

    private void warn(Failure failure, String next) {
        LOG.warn(
                "session {}: attempt {} at turn {} failed with {}: {}; {}",
                session.label(),
                record.attempt(),
                id,
                failure.code(),
                failure.message(),
                next);
    }

    private void tell(String outcome, @Nullable String code, Collection<InputId> prompts, TurnOutcome result) {
        turn.observer.outcome(outcome, code);
        turn.running.signal().ended();
        prompts.forEach(prompt -> kernel.turns.complete(prompt, result));
    }

    private Duration jittered(Duration delay) {
        return delay.plusNanos(
                (long) (delay.toNanos() * JITTER * kernel.env.random().nextDouble()));
    }
}
