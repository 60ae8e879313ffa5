package dev.meerkat.core.internal.session;

import dev.meerkat.api.InputId;
import dev.meerkat.api.Parked;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.TurnRecord;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who wait for turns of a session: they are not kept waiting while its store takes no writes. */
public final class TurnCallers {
    private static final Logger LOG = LoggerFactory.getLogger(TurnCallers.class);

    private TurnCallers() {}

    /** Tells those of these prompts, which a turn has taken up. */
    public static void tell(Kernel kernel, List<InputId> prompts, StoreFault fault) {
        if (kernel.unavailable()) {
            prompts.forEach(prompt -> kernel.turns.fail(prompt, Kernel.notStored(prompt.value(), fault)));
        }
    }

    /** Tells those of all prompts that wait for a parked session; they are kept. */
    public static void tellParked(SessionState session) {
        SessionProgress progress = session.progress();
        TurnRecord open = progress.turn();
        Parked why = progress.parked();
        if (why == null || open == null) {
            return;
        }
        TurnOutcome told = new TurnOutcome.Parked(Optional.of(open.id()), why.code(), why.message());
        waitingPrompts(session).forEach(prompt -> session.kernel.turns.complete(prompt, told));
    }

    private static List<InputId> waitingPrompts(SessionState session) {
        int most = session.kernel.limits.commsInputs();
        return session.kernel.store.waiting(session.id, Track.PROMPT, 0, most).stream()
                .map(waiting -> waiting.input().id())
                .toList();
    }

    /** Tells those of all prompts that no turn has consumed. */
    static void tellAll(SessionState session, StoreFault fault) {
        Kernel kernel = session.kernel;
        if (!kernel.unavailable()) {
            return;
        }
        try {
            tell(kernel, waitingPrompts(session), fault);
        } catch (RuntimeException | Error e) {
            kernel.warnings.failed(LOG, session.id, "waiting prompts cannot be read now", e);
        }
    }
}
