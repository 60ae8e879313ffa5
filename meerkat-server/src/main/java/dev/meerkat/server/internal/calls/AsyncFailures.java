package dev.meerkat.server.internal.calls;

import java.util.concurrent.CompletionException;

/** AsyncFailures as they come out of futures. */
public final class AsyncFailures {
    private AsyncFailures() {}

    /** What a stage failed with, without what stages after it have put around it. */
    public static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
