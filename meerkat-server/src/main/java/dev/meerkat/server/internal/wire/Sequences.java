package dev.meerkat.server.internal.wire;

import dev.meerkat.api.Cursor;

/**
 * How the wire numbers what is in a session's log. A logged event of ours becomes none to several of the wire, so each
 * cursor has room for {@value #STRIDE} of them: number = cursor * {@value #STRIDE} + part. The numbers grow, leave some
 * out, and are the same on every surface and after a restart.
 */
public final class Sequences {
    /** How many wire events one logged event may become. */
    public static final int STRIDE = 8;

    private Sequences() {}

    /** The number of a part of a logged event. */
    static long of(Cursor cursor, int part) {
        if (part < 0 || part >= STRIDE) {
            throw new IllegalArgumentException("no event has a part " + part);
        }
        return cursor.sequence() * STRIDE + part;
    }

    /** The place after all parts of a logged event: the newest number, if it is the newest event; 0 before the first. */
    public static long after(Cursor cursor) {
        return cursor.sequence() == 0 ? 0 : of(cursor, STRIDE - 1);
    }

    /** The cursor after which to read so that nothing after a number is missed. */
    public static Cursor readAfter(long sequence) {
        long cursor = sequence / STRIDE;
        boolean whole = sequence % STRIDE == STRIDE - 1;
        return new Cursor(whole || cursor == 0 ? cursor : cursor - 1);
    }
}
