package dev.meerkat.cli;

import dev.meerkat.api.StoreLostException;
import dev.meerkat.core.Health;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Lets a server run. */
final class Serving {
    /** How soon it is seen that the store is lost, after the write that has found it out. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private Serving() {}

    /**
     * Until its standard input ends, the process is asked to end, or the store is lost.
     *
     * @param health how what is served is
     * @param stop closes what is served, at once when the process is asked to end: what its agents use ends now too
     */
    static int untilEnd(MeerkatServer server, Consumer<RunningServer> started, HealthCheck health, Runnable stop)
            throws IOException {
        try (RunningServer running = server.start()) {
            started.accept(running);
            awaitEnd(running, health, stop);
        }
        return ExitCode.OK;
    }

    /** A server whose store is lost can do nothing more; whoever watches over the process can start it again. */
    private static void checkStore(Health health) {
        health.problems().stream()
                .filter(problem -> problem.code().equals(StoreLostException.CODE))
                .findFirst()
                .ifPresent(problem -> {
                    throw new StoreLostException(problem.message(), null);
                });
    }

    private static void awaitEnd(RunningServer running, HealthCheck health, Runnable stop) {
        try {
            boolean ended = false;
            while (!ended) {
                ended = running.awaitEnd(LOOK);
                checkStore(health.health());
            }
        } catch (InterruptedException e) {
            Health last = health.health();
            stop.run();
            checkStore(last);
        }
    }
}
