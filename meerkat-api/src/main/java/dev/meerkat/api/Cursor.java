package dev.meerkat.api;

/**
 * A position in a session's event log; {@code sequence} on the wire.
 *
 * <p>Positions of one session grow. In a runtime they count from 1 without gaps, and through a server there may be
 * gaps. Positions of different sessions do not compare.
 *
 * @param sequence the position, 0 for the place before the first event
 */
public record Cursor(long sequence) implements Comparable<Cursor> {
    /** The place before the first event of a session. */
    public static final Cursor START = new Cursor(0);

    /** Checks the position. */
    public Cursor {
        Check.notNegative(sequence, "cursor");
    }

    @Override
    public int compareTo(Cursor other) {
        return Long.compare(sequence, other.sequence);
    }

    @Override
    public String toString() {
        return Long.toString(sequence);
    }
}
