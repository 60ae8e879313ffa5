package dev.meerkat.core.internal;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways in which an attempt at a turn ends; each is one commit. Confined to the loop's thread. */
final class TurnEnd {
    private static final Logger LOG = LoggerFactory.getLogger(TurnEnd.class);
    private static final int MESSAGE_CHARS = 1_000;
    private static final double JITTER = 0.2;

    private final TurnRun turn;
    private final SessionLoop loop;
    private final Kernel kernel;
    private final TurnRecord record;
    private final TurnId id;

    TurnEnd(TurnRun turn) {
        this.turn = turn;
        this.loop = turn.loop;
        this.kernel = turn.loop.kernel;
        this.record = turn.record();
        this.id = turn.turnId();
    }

    void completed(String answer) {
        Instant now = kernel.now();
        turn.step().transcript.add(new TranscriptEntry.Answer(now, id, answer, false));
        turn.step().event(c -> new SessionEvent.TurnCompleted(c, now, id, answer));
        loop.commit(turn.step(), turn.progress(record.staged(), null));
        tell("completed", turn.prompts(), new TurnOutcome.Completed(id, answer));
    }

    void interrupted(String text) {
        Instant now = kernel.now();
        turn.step().transcript.add(new TranscriptEntry.Answer(now, id, text, true));
        turn.step().event(c -> new SessionEvent.TurnInterrupted(c, now, id, text));
        loop.commit(turn.step(), turn.progress(record.staged(), null));
        tell("interrupted", turn.prompts(), new TurnOutcome.Interrupted(id, text));
    }

    /** The runtime closes: the attempt did not happen, and is left for the next one. */
    void putAside() {
        loop.commit(new Step(), turn.progress(loop.progress().consumed(), attempt(record.attempt(), kernel.now())));
    }

    void failed(Throwable failure) {
        String code = failure instanceof MeerkatException known ? known.code() : "agent_error";
        String message = shortened(String.valueOf(failure));
        LOG.warn("session {}: attempt {} at turn {} failed: {}", loop.id, record.attempt(), id, code);
        LOG.debug("session {}: turn {} failed", loop.id, id, failure);
        if (turn.staged().size() > 1 && record.step() == 0) {
            split(code, message);
        } else if (record.attempt() >= kernel.retry.attempts()) {
            givenUp(code, message);
        } else {
            Instant retryAt = kernel.now().plus(jittered(kernel.retry.delayAfter(record.attempt())));
            retry(
                    code,
                    message,
                    retryAt,
                    attempt(record.attempt() + 1, retryAt),
                    loop.progress().soloUpTo());
        }
    }

    /** Handles one by one what was handled together, so that a poison input does not take the others with it. */
    void split(String code, String message) {
        Instant retryAt = kernel.now().plus(jittered(kernel.retry.delayAfter(record.attempt())));
        retry(code, message, retryAt, null, record.staged());
    }

    private void retry(
            String code, String message, Instant retryAt, @Nullable TurnRecord next, @Nullable Marks soloUpTo) {
        Instant now = kernel.now();
        Step failed = new Step();
        failed.event(
                c -> new SessionEvent.TurnFailed(c, now, id, record.attempt(), code, message, Optional.of(retryAt)));
        loop.commit(failed, new SessionProgress(loop.progress().consumed(), next, soloUpTo));
        loop.pause(Duration.between(now, retryAt));
        kernel.tell(l -> l.turnEnded(loop.id, id, "failed"));
    }

    private TurnRecord attempt(int number, Instant notBefore) {
        return new TurnRecord(id, number, record.step(), record.firstEntry(), record.staged(), notBefore);
    }

    /** The last attempt failed: what it was to handle is dead-lettered, and the session goes on. */
    void givenUp(String code, String message) {
        Instant now = kernel.now();
        Step last = new Step();
        List<InputId> prompts = new ArrayList<>(turn.prompts());
        for (Waiting waiting : turn.staged()) {
            InputId input = waiting.input().id();
            last.deadLetters.add(input);
            if (waiting.input().body() instanceof InputBody.External external) {
                last.consumedBytes += external.event().sizeBytes();
            } else if (waiting.input().body() instanceof InputBody.Prompt && !prompts.contains(input)) {
                prompts.add(input);
            }
        }
        last.event(c -> new SessionEvent.TurnFailed(c, now, id, record.attempt(), code, message, Optional.empty()));
        if (!last.deadLetters.isEmpty()) {
            List<InputId> dead = List.copyOf(last.deadLetters);
            last.event(c -> new SessionEvent.InputDeadLettered(c, now, id, dead, code, message));
        }
        loop.commit(last, turn.progress(record.staged(), null));
        tell("dead_lettered", prompts, new TurnOutcome.Failed(id, code, message));
    }

    private void tell(String outcome, List<InputId> prompts, TurnOutcome result) {
        turn.signal.ended();
        prompts.forEach(prompt -> kernel.turns.complete(prompt, result));
        kernel.tell(l -> l.turnEnded(loop.id, id, outcome));
    }

    private Duration jittered(Duration delay) {
        return delay.plusNanos(
                (long) (delay.toNanos() * JITTER * kernel.env.random().nextDouble()));
    }

    private static String shortened(String message) {
        return message.length() <= MESSAGE_CHARS ? message : message.substring(0, MESSAGE_CHARS) + "...";
    }
}
