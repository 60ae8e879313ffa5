package dev.meerkat.benchmarks;

import dev.meerkat.api.Meerkat;
import dev.meerkat.core.Environment;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.SystemEnvironment;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.SessionStore;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/** An open runtime with the threads and the store that it uses, all of which it closes. */
final class Runtimes implements AutoCloseable {
    private final Meerkat meerkat;
    private final SessionStore store;
    private final @Nullable Threads threads;

    private Runtimes(Meerkat meerkat, SessionStore store, @Nullable Threads threads) {
        this.meerkat = meerkat;
        this.store = store;
        this.threads = threads;
    }

    /**
     * Opens a runtime.
     *
     * @param environment {@code meerkat} for the default environment, {@code meerkat-pool} for turns
     *     on a fork-join pool with one worker per processor, which fits agents that do not block;
     *     {@code meerkat-micrometer} and {@code meerkat-opentelemetry} for the default with telemetry
     */
    static Runtimes open(String environment, Agent agent, SessionStore store, RuntimeLimits limits) {
        MeerkatRuntime builder = MeerkatRuntime.of(agent).store(store).limits(limits);
        Threads threads = environment.equals("meerkat-pool") ? new Threads() : null;
        if (threads != null) {
            builder.environment(threads.environment());
        }
        Listener.named(environment).ifPresent(builder::listener);
        return new Runtimes(builder.open(), store, threads);
    }

    static RuntimeLimits limits() {
        return RuntimeLimits.defaults();
    }

    Meerkat meerkat() {
        return meerkat;
    }

    @Override
    public void close() {
        meerkat.close();
        store.close();
        if (threads != null) {
            threads.close();
        }
    }

    /** The threads of {@code meerkat-pool}. */
    private static final class Threads implements AutoCloseable {
        private final ForkJoinPool pool = new ForkJoinPool(
                Runtime.getRuntime().availableProcessors(),
                ForkJoinPool.defaultForkJoinWorkerThreadFactory,
                null,
                true);
        private final SystemEnvironment system = SystemEnvironment.create();

        Environment environment() {
            return system.withExecutor(pool);
        }

        @Override
        public void close() {
            pool.shutdownNow();
            system.close();
        }
    }
}
