package dev.meerkat.core.internal.session;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.core.internal.runtime.Backoff;
import dev.meerkat.core.internal.runtime.Kernel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with what an earlier runtime left in the store, each session by itself: one that cannot be read is
 * reported and tried again later, and holds up no other. Thread-safe.
 */
public final class TakeUp {
    private static final Logger LOG = LoggerFactory.getLogger(TakeUp.class);
    private static final int PAGE = 256;

    private final Kernel kernel;
    private final Registry registry;
    /** How often each session that cannot be read was tried. */
    private final Map<SessionId, Integer> failures = new ConcurrentHashMap<>();

    TakeUp(Kernel kernel, Registry registry) {
        this.kernel = kernel;
        this.registry = registry;
    }

    /** Takes up all sessions with something left to do, but for those that this runtime is creating. */
    public void all(Predicate<SessionId> creating) {
        from(null, creating, 0);
    }

    private void from(@Nullable SessionId first, Predicate<SessionId> creating, int failed) {
        @Nullable SessionId after = first;
        try {
            while (kernel.activity.open()) {
                List<SessionId> page = kernel.store.unfinished(after, PAGE);
                if (page.isEmpty()) {
                    return;
                }
                page.stream().filter(creating.negate()).forEach(id -> one(id, false));
                after = page.get(page.size() - 1);
            }
        } catch (RuntimeException | Error e) {
            Duration delay = Backoff.after(failed + 1);
            LOG.error(
                    "store {}: the sessions with something left to do cannot be listed, which is tried again in {}",
                    kernel.store.describe(),
                    delay,
                    e);
            @Nullable SessionId reached = after;
            kernel.later(delay, () -> from(reached, creating, failed + 1));
        }
    }

    /** Takes up one session. */
    public void one(SessionId id) {
        one(id, false);
    }

    /** Takes up one session; {@code whole} if what is shown of it must be readable too. */
    private void one(SessionId id, boolean whole) {
        try {
            SessionLoop loop = registry.loop(id);
            try {
                loop.outbox.get().read();
            } finally {
                // What waits in its inbox does not need its outbox.
                loop.wake();
            }
            if (whole) {
                Snapshots.of(loop.state, kernel.store.load(id).orElseThrow());
            }
        } catch (SessionNotFoundException e) {
            LOG.debug("session {} is not there any more", id);
        } catch (RuntimeException | Error e) {
            failed(id, e);
            return;
        }
        if (failures.remove(id) != null) {
            kernel.troubles.end(id);
        }
    }

    /** A session cannot be read: this is reported, and it is taken up when it can. */
    void failed(SessionId id, Throwable cause) {
        if (failures.putIfAbsent(id, 1) == null) {
            kernel.troubles.begin(id, "session_unreadable", String.valueOf(cause.getMessage()));
            kernel.warnings.failed(LOG, id, "it cannot be read, which is tried again later", cause);
            kernel.later(Backoff.after(1), () -> again(id));
        }
    }

    private void again(SessionId id) {
        if (!kernel.activity.open()) {
            return;
        }
        int failed = failures.merge(id, 1, Integer::sum);
        one(id, true);
        if (failures.containsKey(id)) {
            kernel.later(Backoff.after(failed), () -> again(id));
        }
    }
}
