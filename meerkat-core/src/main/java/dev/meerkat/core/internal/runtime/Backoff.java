package dev.meerkat.core.internal.runtime;

import java.time.Duration;

/** How long to wait before the store is asked again. */
public final class Backoff {
    private static final int LONGEST_SECONDS = 30;
    private static final int DOUBLINGS = 5;

    private Backoff() {}

    /** The delay after so many failures in a row: a second, then twice as long each time, up to half a minute. */
    public static Duration after(int failures) {
        return Duration.ofSeconds(Math.min(LONGEST_SECONDS, 1L << Math.min(DOUBLINGS, failures - 1)));
    }
}
