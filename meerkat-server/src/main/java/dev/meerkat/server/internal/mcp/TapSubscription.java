package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Tap;
import dev.meerkat.server.internal.calls.TapSink;
import org.jspecify.annotations.Nullable;

/** What watches a session: a sink with its tap. Its monitor guards what it holds. Thread-safe. */
abstract class TapSubscription implements TapSink {
    private @Nullable Tap tap;
    private boolean over;

    /** Begins to hear events, unless it is over already. */
    final void begin(Tap opened) {
        boolean late;
        synchronized (this) {
            tap = opened;
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
        Tap open = tap();
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
    final void closeTap() {
        end();
        Tap open = tap();
        if (open != null) {
            open.close();
        }
    }

    private synchronized @Nullable Tap tap() {
        return tap;
    }
}
