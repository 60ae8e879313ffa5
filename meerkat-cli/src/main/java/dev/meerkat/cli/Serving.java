package dev.meerkat.cli;

import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Lets a server run. */
final class Serving {
    private static final Duration LOOK = Duration.ofHours(1);

    private Serving() {}

    /** Until its standard input ends, or the process is asked to end. */
    static int untilEnd(MeerkatServer server, Consumer<RunningServer> started) throws IOException {
        try (RunningServer running = server.start()) {
            started.accept(running);
            boolean ended = false;
            while (!ended) {
                ended = running.awaitEnd(LOOK);
            }
        } catch (InterruptedException e) {
            // Asked to end: all is closed already.
        }
        return ExitCode.OK;
    }
}
