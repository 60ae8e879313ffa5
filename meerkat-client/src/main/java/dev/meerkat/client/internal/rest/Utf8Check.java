package dev.meerkat.client.internal.rest;

/** Tells, byte by byte, whether a stream is UTF-8. Not thread-safe. */
final class Utf8Check {
    private static final int LEAST_CONTINUATION = 0x80;
    private static final int MOST_CONTINUATION = 0xbf;

    /** Bytes that the begun character lacks. */
    private int missing;
    /** The range of its next byte. */
    private int least = LEAST_CONTINUATION;

    private int most = MOST_CONTINUATION;

    /** Whether the stream may go on with this byte. */
    boolean accepts(byte next) {
        int b = next & 0xff;
        if (missing == 0) {
            return b < LEAST_CONTINUATION || begins(b);
        }
        boolean within = b >= least && b <= most;
        least = LEAST_CONTINUATION;
        most = MOST_CONTINUATION;
        missing--;
        return within;
    }

    /** The first byte of a longer character; some leave less room for the second, so that each has one form. */
    private boolean begins(int b) {
        if (b < 0xc2 || b > 0xf4) {
            return false;
        }
        missing = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
        switch (b) {
            case 0xe0 -> least = 0xa0;
            case 0xed -> most = 0x9f;
            case 0xf0 -> least = 0x90;
            case 0xf4 -> most = 0x8f;
            default -> {
                // the whole range
            }
        }
        return true;
    }
}
