package dev.meerkat.core.internal.session;

import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.runtime.LaneCounters;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.Track;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Admits inputs that have no sender: room is promised, the store has it, then the caller gets its
 * receipt and the session wakes. Thread-safe.
 */
public record Admission(SessionLoop loop) {

    /** Returns its position. */
    public Cursor admit(NewInput input) throws InterruptedException {
        AppendResult result = append(InputAppend.local(loop.id, input), 0, true);
        if (result instanceof AppendResult.Appended appended) {
            return appended.input().position();
        }
        throw refusal(result, input.track());
    }

    /** Whether it is new: an input whose id the session knows already is not admitted again. */
    public boolean admitOnce(NewInput input) throws InterruptedException {
        AppendResult result = append(InputAppend.local(loop.id, input), 0, true);
        if (result instanceof AppendResult.Appended || result instanceof AppendResult.Duplicate) {
            return result instanceof AppendResult.Appended;
        }
        throw refusal(result, input.track());
    }

    public EventOutcome event(NewInput input, ExternalEvent event) throws InterruptedException {
        return outcome(input, event, append(InputAppend.local(loop.id, input), event.sizeBytes(), true));
    }

    /** The same without a thread that waits; refuses at once what it can. */
    public CompletionStage<EventOutcome> staged(NewInput input, ExternalEvent event) {
        Kernel kernel = loop.kernel;
        CompletionStage<AppendResult> stage = stage(InputAppend.local(loop.id, input), event.sizeBytes(), true);
        return kernel.bounded(stage, input.id().value()).thenApply(result -> outcome(input, event, result));
    }

    /** An input that nobody waits for; refuses at once what it can. */
    CompletionStage<AppendResult> fire(NewInput input) {
        return loop.kernel.bounded(
                stage(InputAppend.local(loop.id, input), 0, true), input.id().value());
    }

    private EventOutcome outcome(NewInput input, ExternalEvent event, AppendResult result) {
        if (result instanceof AppendResult.Appended appended) {
            return accepted(input, appended.input().position());
        }
        if (result instanceof AppendResult.Duplicate duplicate) {
            return new EventOutcome.Duplicate(
                    duplicate.first(), Optional.of(duplicate.position()), duplicate.redriven());
        }
        if (result instanceof AppendResult.Refused refused && isFull(refused)) {
            return new EventOutcome.Refused(full(Track.EXTERNAL, refused.reason()));
        }
        if (result instanceof AppendResult.Conflict conflict) {
            return new EventOutcome.Conflict(
                    conflict.existing(), event.idempotencyKey().orElseThrow());
        }
        throw refusal(result, input.track());
    }

    /**
     * A terminal response, after what its peer has sent before; one to a handle does not enter the inbox, so it
     * needs no room there.
     */
    public EventOutcome answer(
            NewInput input, Correlation correlation, boolean toHandle, RequestId request, @Nullable Outbox peers)
            throws InterruptedException {
        InputAppend append = new InputAppend(loop.id, input, correlation, Optional.empty());
        AppendResult result = peers == null
                ? append(append, 0, !toHandle)
                : peers.send(loop.id, input.id().value(), () -> !toHandle, () -> stage(append, 0, !toHandle));
        if (result instanceof AppendResult.Appended appended) {
            return accepted(input, appended.input().position());
        }
        if (result instanceof AppendResult.Replied replied) {
            return accepted(input, replied.position());
        }
        if (result instanceof AppendResult.Refused refused
                && refused.reason() == AppendResult.Reason.ALREADY_ANSWERED) {
            throw new AlreadyAnsweredException(request);
        }
        throw refusal(result, input.track());
    }

    private EventOutcome accepted(NewInput input, Cursor position) {
        return new EventOutcome.Accepted(input.id(), position, loop.kernel.stored(false));
    }

    private AppendResult append(InputAppend append, long bytes, boolean inbox) throws InterruptedException {
        return loop.kernel.await(
                stage(append, bytes, inbox), append.input().id().value());
    }

    private CompletionStage<AppendResult> stage(InputAppend append, long bytes, boolean inbox) {
        Kernel kernel = loop.kernel;
        NewInput input = append.input();
        try {
            kernel.checkOpen();
            if (inbox) {
                loop.state.promise(input.track(), bytes);
            }
        } catch (NotDoneException e) {
            kernel.refused(loop.id, e);
            throw e;
        }
        return kernel.store
                .append(inbox ? kernel.withinRoom(append) : append)
                .whenComplete((result, failure) -> settle(append, bytes, inbox, result, failure));
    }

    /** On the store's thread, or the caller's; also when the caller no longer waits. */
    private void settle(
            InputAppend append, long bytes, boolean inbox, @Nullable AppendResult result, @Nullable Throwable failure) {
        NewInput input = append.input();
        if (result instanceof AppendResult.Appended appended) {
            loop.admitted(appended);
        } else if (Kernel.unknown(failure)) {
            UnknownOutcomes.resolve(loop, append, inbox, bytes);
        } else if (inbox) {
            loop.state.release(input.track(), bytes);
        }
        if (result instanceof AppendResult.Duplicate duplicate && duplicate.redriven()) {
            loop.redriven();
        }
        if (result instanceof AppendResult.Replied replied) {
            loop.state.replied(replied.reply());
        }
        if (result instanceof Fenced fenced) {
            loop.fenced(fenced);
        }
    }

    private static boolean isFull(AppendResult.Refused refused) {
        return refused.reason() == AppendResult.Reason.TOO_MANY_INPUTS
                || refused.reason() == AppendResult.Reason.TOO_MANY_BYTES;
    }

    private LaneFullException full(Track track, AppendResult.Reason reason) {
        LaneFullException full = LaneCounters.full(loop.id, track, reason, loop.kernel.limits);
        loop.kernel.refused(loop.id, full);
        return full;
    }

    private MeerkatException refusal(AppendResult result, Track track) {
        if (result instanceof AppendResult.Refused refused) {
            return switch (refused.reason()) {
                case UNKNOWN_SESSION -> new SessionNotFoundException(loop.id.toString());
                case TOO_MANY_INPUTS, TOO_MANY_BYTES -> full(track, refused.reason());
                case ARCHIVED, UNKNOWN_REQUEST, ALREADY_ANSWERED -> new SessionArchivedException(loop.id);
            };
        }
        if (result instanceof Fenced fenced) {
            return FencedFault.refusal(loop.id, fenced);
        }
        throw new IllegalStateException("a new input cannot be known already, yet the store says " + result);
    }
}
