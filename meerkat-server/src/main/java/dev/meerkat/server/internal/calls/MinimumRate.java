package dev.meerkat.server.internal.calls;

/**
 * How fast clients must send and read: a little within some seconds, and more at a rate.
 *
 * @param seconds in which a little must be done
 * @param bytesPerSecond for so many there is one second more
 */
public record MinimumRate(int seconds, int bytesPerSecond) {
    /** 10 seconds, and one more for each 16 KiB. */
    public static final MinimumRate DEFAULT = new MinimumRate(10, 16 << 10);

    /** Whether so many bytes take too long. */
    public boolean isTooSlow(int elapsedSeconds, long bytes) {
        return elapsedSeconds > seconds + bytes / bytesPerSecond;
    }
}
