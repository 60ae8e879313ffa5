package dev.meerkat.core.internal;

import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import org.jspecify.annotations.Nullable;

/**
 * Admits inputs that have no sender: room is promised, the store has it, then the caller gets its
 * receipt and the session wakes. Thread-safe.
 */
record Admission(SessionLoop loop) {

    void admit(NewInput input, long bytes) throws InterruptedException {
        AppendResult result = append(input, bytes);
        if (!(result instanceof AppendResult.Appended)) {
            throw refusal(result);
        }
    }

    EventOutcome event(NewInput input, ExternalEvent event) throws InterruptedException {
        AppendResult result = append(input, event.sizeBytes());
        if (result instanceof AppendResult.Appended appended) {
            return new EventOutcome.Accepted(input.id(), appended.input().position(), loop.kernel.stored(false));
        }
        if (result instanceof AppendResult.Duplicate duplicate) {
            return new EventOutcome.Duplicate(duplicate.first(), duplicate.position());
        }
        if (result instanceof AppendResult.Conflict conflict) {
            return new EventOutcome.Conflict(
                    conflict.existing(), event.idempotencyKey().orElseThrow());
        }
        throw refusal(result);
    }

    private AppendResult append(NewInput input, long bytes) throws InterruptedException {
        Kernel kernel = loop.kernel;
        try {
            loop.promise(input.track(), bytes);
        } catch (NotDoneException e) {
            kernel.tell(l -> l.refused(loop.id, e.code()));
            throw e;
        }
        return kernel.await(
                kernel.store
                        .append(InputAppend.local(loop.id, input))
                        .whenComplete((result, failure) -> settle(input, bytes, result)),
                input.id().value());
    }

    /** On the store's thread, or the caller's; also when the caller no longer waits. */
    private void settle(NewInput input, long bytes, @Nullable AppendResult result) {
        if (result instanceof AppendResult.Appended appended) {
            loop.admitted(input.track(), appended.input().position());
            loop.kernel.tell(l -> l.admitted(loop.id, input.id(), input.track().lane()));
        } else {
            loop.release(input.track(), bytes);
        }
    }

    private MeerkatException refusal(AppendResult result) {
        if (result instanceof AppendResult.Refused refused && refused.reason() == AppendResult.Reason.UNKNOWN_SESSION) {
            return new SessionNotFoundException(loop.id.toString());
        }
        if (result instanceof AppendResult.Refused) {
            return new SessionArchivedException(loop.id);
        }
        throw new IllegalStateException("a new input cannot be known already, yet the store says " + result);
    }
}
