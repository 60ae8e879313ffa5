package dev.meerkat.springboot;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Closes something for good at its place in the shutdown of the application. A phase stops after all higher ones.
 * Thread-safe.
 */
final class ShutdownStep implements SmartLifecycle {
    /** Event streams end before the web server waits for its requests, since they would hold it up. */
    static final int EVENT_STREAMS = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;
    /** Meerkat closes when the web server has stopped, so that the last requests are still served. */
    static final int MEERKAT = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;

    private enum State {
        NEW,
        RUNNING,
        STOPPED
    }

    private final String what;
    private final int phase;
    private final Runnable close;
    private volatile State state = State.NEW;

    ShutdownStep(String what, int phase, Runnable close) {
        this.what = what;
        this.phase = phase;
        this.close = close;
    }

    @Override
    public int getPhase() {
        return phase;
    }

    @Override
    public void start() {
        if (state == State.STOPPED) {
            throw new IllegalStateException(what
                    + " closed when this application context was stopped, and cannot be started again; make a new one");
        }
        state = State.RUNNING;
    }

    /** Takes as long as the closing, which is bounded. */
    @Override
    public void stop() {
        state = State.STOPPED;
        close.run();
    }

    @Override
    public boolean isRunning() {
        return state == State.RUNNING;
    }

    /** A context that a test framework pauses goes on later, so nothing is closed for good. */
    @Override
    public boolean isPauseable() {
        return false;
    }
}
