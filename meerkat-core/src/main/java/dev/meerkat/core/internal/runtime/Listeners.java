package dev.meerkat.core.internal.runtime;

import dev.meerkat.api.TraceContext;
import dev.meerkat.api.Usage;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.RuntimeWork;
import dev.meerkat.core.WorkResult;
import dev.meerkat.core.WorkScope;
import dev.meerkat.core.store.CommitObserver;
import dev.meerkat.core.store.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is told what a runtime does. What is told is only made if {@link #any}, so that it costs nothing where nobody
 * listens. Thread-safe.
 */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<RuntimeListener> all;
    private final InstantSource clock;

    @SuppressWarnings("ReferenceEquality") // there is one NONE
    Listeners(List<RuntimeListener> all, InstantSource clock) {
        this.all = all.stream().filter(one -> one != RuntimeListener.NONE).toList();
        this.clock = clock;
    }

    /** Whether anybody listens. */
    public boolean any() {
        return !all.isEmpty();
    }

    public void tell(RuntimeEvent event) {
        for (RuntimeListener one : all) {
            try {
                one.on(event);
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
    }

    /** The trace of what this thread does: of the first listener that knows it. */
    public Optional<TraceContext> currentTrace() {
        for (RuntimeListener one : all) {
            try {
                Optional<TraceContext> trace = one.currentTrace();
                if (trace.isPresent()) {
                    return trace;
                }
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
        return TraceContext.current();
    }

    /** Work begins on this thread; call only if {@link #any}. */
    public Work begin(RuntimeWork work) {
        List<WorkScope> scopes = new ArrayList<>(all.size());
        for (RuntimeListener one : all) {
            try {
                scopes.add(one.begin(work));
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
        return new Work(scopes, clock.instant());
    }

    public void sent(Envelope envelope) {
        if (any()) {
            tell(new RuntimeEvent.Sent(
                    envelope.from().session(),
                    envelope.id(),
                    envelope.to().session(),
                    envelope.command().kind()));
        }
    }

    public CommitObserver.Group groupCommit(int writes) {
        Work work = begin(new RuntimeWork.GroupCommit(writes));
        return stored -> work.end(stored ? "completed" : "failed", null, null);
    }

    private static void failed(Throwable e) {
        LOG.warn("a runtime listener failed", e);
    }

    /** Work that listeners were told of. Confined to its thread. */
    public final class Work {
        private final List<WorkScope> scopes;
        private final Instant begun;

        private Work(List<WorkScope> scopes, Instant begun) {
            this.scopes = scopes;
            this.begun = begun;
        }

        /** It has ended; the listener that was told last of the beginning is told first. */
        public void end(String outcome, @Nullable String code, @Nullable Usage used) {
            WorkResult result =
                    new WorkResult(since(begun), outcome, Optional.ofNullable(code), Optional.ofNullable(used));
            for (int i = scopes.size() - 1; i >= 0; i--) {
                try {
                    scopes.get(i).end(result);
                } catch (RuntimeException | Error e) {
                    failed(e);
                }
            }
        }
    }

    /** A clock that is set back makes no time negative. */
    public Duration since(Instant begun) {
        Duration took = Duration.between(begun, clock.instant());
        return took.isNegative() ? Duration.ZERO : took;
    }
}
