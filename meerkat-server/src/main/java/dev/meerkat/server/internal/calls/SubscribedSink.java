package dev.meerkat.server.internal.calls;

import org.jspecify.annotations.Nullable;

/** A sink with its subscription, as every reader of events is one. Its monitor guards what it holds. Thread-safe. */
public abstract class SubscribedSink implements EventSink {
    private @Nullable EventSubscription subscription;
    private boolean over;

    /** Begins to hear events, unless it is over already. */
    public final void begin(EventSubscription opened) {
        boolean late;
        synchronized (this) {
            subscription = opened;
            late = over;
        }
        if (late) {
            opened.close();
        } else {
            opened.resume();
        }
    }

    /** There is room again. */
    public final void resume() {
        EventSubscription open = subscription();
        if (open != null) {
            open.resume();
        }
    }

    /** Nothing more is told. */
    protected final synchronized void over() {
        over = true;
    }

    protected final synchronized boolean isOver() {
        return over;
    }

    /** Hears nothing more. Idempotent. */
    public final void unsubscribe() {
        over();
        EventSubscription open = subscription();
        if (open != null) {
            open.close();
        }
    }

    private synchronized @Nullable EventSubscription subscription() {
        return subscription;
    }
}
