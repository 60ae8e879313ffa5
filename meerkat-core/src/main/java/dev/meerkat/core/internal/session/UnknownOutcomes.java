package dev.meerkat.core.internal.session;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.internal.runtime.Backoff;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.StoredRequest;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what became of writes whose outcome is unknown. What they have stored wakes its session as any other work
 * does: its caller may not send it again, or sends it again and is told that it is there already.
 */
public final class UnknownOutcomes {
    private static final Logger LOG = LoggerFactory.getLogger(UnknownOutcomes.class);

    private UnknownOutcomes() {}

    /** Looks into the store as soon as that tells for good what became of the last write of a session. */
    public static void resolve(Kernel kernel, SessionId session, Runnable look) {
        resolve(kernel, session, look, 1);
    }

    private static void resolve(Kernel kernel, SessionId session, Runnable look, int attempt) {
        if (kernel.activity.closed()) {
            return;
        }
        // This changes nothing. But a store knows what it has before it takes another write, so after it a read tells.
        kernel.store
                .settle(session, new EnvelopeId(kernel.env.ids().next()), null)
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        kernel.env.executor().execute(() -> look(kernel, session, look, attempt));
                    } else {
                        again(kernel, session, look, attempt);
                    }
                });
    }

    private static void look(Kernel kernel, SessionId session, Runnable look, int attempt) {
        try {
            look.run();
        } catch (RuntimeException | Error e) {
            kernel.warnings.failed(LOG, session, "what became of a write cannot be read now", e);
            again(kernel, session, look, attempt);
        }
    }

    private static void again(Kernel kernel, SessionId session, Runnable look, int attempt) {
        kernel.later(Backoff.after(attempt), () -> resolve(kernel, session, look, attempt + 1));
    }

    /**
     * The same for an append to an inbox.
     *
     * @param promised whether there is room promised for it
     * @param bytes how many of that
     */
    public static void resolve(SessionLoop loop, InputAppend append, boolean promised, long bytes) {
        resolve(loop.kernel, loop.id, () -> look(loop, append, promised, bytes));
    }

    private static void look(SessionLoop loop, InputAppend append, boolean promised, long bytes) {
        NewInput input = append.input();
        Optional<InputPlace> place = promised ? loop.kernel.store.place(loop.id, input.id()) : Optional.empty();
        Optional<PeerReply> reply = append.correlation() instanceof Correlation.Answers answers
                ? loop.kernel
                        .store
                        .request(answers.request())
                        .filter(StoredRequest::toHandle)
                        .flatMap(StoredRequest::reply)
                : Optional.empty();
        if (place.isPresent()) {
            loop.admitted(input.track(), place.get().number(), place.get().position());
        } else if (promised) {
            loop.state.release(input.track(), bytes);
        }
        reply.ifPresent(loop.state::replied);
        // Its key may have put a dead letter back.
        loop.redriven();
    }
}
