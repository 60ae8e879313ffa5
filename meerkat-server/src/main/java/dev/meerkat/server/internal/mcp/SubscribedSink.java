package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.EventSink;
import dev.meerkat.server.internal.calls.EventSubscription;
import org.jspecify.annotations.Nullable;

/** What watches a session: a sink with its subscription. Its monitor guards what it holds. Thread-safe. */
abstract class SubscribedSink implements EventSink {
    private @Nullable EventSubscription subscription;
    private boolean over;

    /** Begins to hear events, unless it is over already. */
    final void begin(EventSubscription opened) {
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
    final void resume() {
        EventSubscription open = subscription();
        if (open != null) {
            open.resume();
        }
    }

    /** Nothing more is told. */
    final synchronized void end() {
        over = true;
    }

    final synchronized boolean isOver() {
        return over;
    }

    /** Hears nothing more. */
    final void unsubscribe() {
        end();
        EventSubscription open = subscription();
        if (open != null) {
            open.close();
        }
    }

    private synchronized @Nullable EventSubscription subscription() {
        return subscription;
    }
}
