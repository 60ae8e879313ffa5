package dev.meerkat.core.internal;

import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Retention;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.DeadLetterChange;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Trim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes, now and then, what sessions are not to keep: one session after the other, each in small parts. On a store of this
 * process alone it has no timer as long as everything is kept for ever. Thread-safe.
 */
final class RetentionSweep {
    private static final Logger LOG = LoggerFactory.getLogger(RetentionSweep.class);
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration PERIOD = Duration.ofMinutes(10);
    private static final int PAGE = 200;

    private final Kernel kernel;
    private final Retention standard;
    private final AtomicBoolean begun = new AtomicBoolean();

    /** {@code standard} is for sessions that have no rule of their own. */
    RetentionSweep(Kernel kernel, Retention standard) {
        this.kernel = kernel;
        this.standard = standard;
    }

    /** Begins if there is something to do. Reads the store. */
    void begin() {
        try {
            // On a shared store, another process may create a session with a rule that this one comes to own.
            if (!standard.isForever()
                    || kernel.shared()
                    || !kernel.store.retained(false, null, 1).isEmpty()) {
                need();
            }
        } catch (RuntimeException e) {
            LOG.warn("it cannot be read whether sessions are to forget something; that is looked at again", e);
            need();
        }
    }

    /** A session has a rule of its own. */
    void need() {
        if (!begun.getAndSet(true)) {
            kernel.later(FIRST, this::sweep);
        }
    }

    private void sweep() {
        try {
            all();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("what is old cannot be removed now, which is tried again in {}", PERIOD, e);
        } finally {
            if (kernel.activity.open()) {
                kernel.later(PERIOD, this::sweep);
            }
        }
    }

    private void all() throws InterruptedException {
        @Nullable SessionId after = null;
        List<SessionId> page;
        do {
            page = kernel.store.retained(!standard.isForever(), after, PAGE);
            for (SessionId id : page) {
                if (!kernel.activity.open()) {
                    return;
                }
                if (kernel.owns(id)) {
                    one(id);
                }
                after = id;
            }
        } while (page.size() == PAGE);
    }

    private void one(SessionId id) throws InterruptedException {
        try {
            StoredSession session = kernel.store.load(id).orElse(null);
            Retention retention = session == null
                    ? Retention.FOREVER
                    : session.spec().retention().orElse(standard);
            if (session != null && !retention.isForever()) {
                trim(session, retention);
            }
        } catch (RuntimeException e) {
            kernel.warnings.failed(LOG, id, "what is old cannot be removed now, which is tried again", e);
        }
    }

    private void trim(StoredSession session, Retention retention) throws InterruptedException {
        Instant now = kernel.now();
        discard(session, retention.deadLetters(), now);
        Cut begin = kernel.store.cut(session.id());
        Retention.Keep keys = retention.keys();
        RetentionPlan plan = new RetentionPlan(kernel.store, session, now);
        Trim trim = new Trim(
                session.id(),
                new Cut(plan.events(retention.events(), begin), plan.entries(retention.transcript(), begin)),
                keys.age().map(now::minus).orElse(Instant.EPOCH),
                keys.count().orElse(Long.MAX_VALUE));
        boolean more = true;
        while (more && kernel.activity.open()) {
            more = kernel.await(kernel.store.trim(trim), session.id().value());
        }
    }

    /** Dead letters are listed by their inputs, oldest first. */
    private void discard(StoredSession session, Retention.Keep keep, Instant now) throws InterruptedException {
        if (session.standing().archived() || keep.equals(Retention.Keep.FOREVER)) {
            return;
        }
        List<DeadLetter> letters = kernel.store.deadLetters(session.id(), 0, Limits.PAGE_ROWS);
        long surplus = letters.size() - keep.count().orElse(Long.MAX_VALUE);
        Instant before = keep.age().map(now::minus).orElse(Instant.MIN);
        for (int i = 0; i < letters.size(); i++) {
            DeadLetter letter = letters.get(i);
            if (i < surplus || letter.at().isBefore(before)) {
                ChangeResult unused = kernel.await(
                        kernel.store.change(new DeadLetterChange(
                                session.id(), letter.input().id(), DeadLetterChange.Kind.DISCARD, now)),
                        letter.input().id().value());
            }
        }
    }
}
