package dev.meerkat.server.internal.methods;

/**
 * How large the pages of histories, logs and dead letters are: 16 MiB, or what a sixty-fourth of the heap is if that is less, since a
 * page is several times as large while it is made. {@code has_more} then tells that there is more. Not thread-safe.
 */
final class PageSize {
    /** Characters of the rows of one answer. */
    static final long CHARS = Math.min(16L << 20, Runtime.getRuntime().maxMemory() / 64);

    private static final int MOST_ROWS = 64;
    private static final int STEP = 4;

    /** Rows may be large, and what is too much for an answer was read before that is known. */
    private static final long READ_CHARS = CHARS / 16;

    private int rows = STEP;

    /** How many rows to read at once. */
    int rows() {
        return rows;
    }

    /** So many characters came of the last ones. */
    void came(long chars) {
        rows = chars > READ_CHARS ? Math.max(1, rows / STEP) : Math.min(MOST_ROWS, rows * STEP);
    }
}
