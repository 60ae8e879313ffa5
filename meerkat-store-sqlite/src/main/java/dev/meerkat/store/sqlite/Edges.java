package dev.meerkat.store.sqlite;

import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Track;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Where the numberings of a session end; each is one seek, however long the session is.
 *
 * @param admitted the last number of each track
 * @param externalBytes the running sum of the sizes of external events
 * @param lastSeq the last place in the event log
 * @param entries how many entries the transcript has
 */
record Edges(Marks admitted, long externalBytes, long lastSeq, long entries) {
    /** Of a session without any row. */
    static final Edges NONE = new Edges(Marks.ZERO, 0, 0, 0);

    /** The columns, for a query in which {@code s} is a row of {@code sessions}. */
    static final String COLUMNS = columns();

    /** How many columns there are. */
    static final int COUNT = 2 * Track.values().length + 3;

    private static String columns() {
        StringBuilder columns = new StringBuilder();
        for (Track track : Track.values()) {
            columns.append(lastInput("n", track)).append(", ");
            columns.append(lastInput("seq", track)).append(", ");
        }
        return columns.append(lastInput("bytes", Track.EXTERNAL))
                .append(", (SELECT seq FROM events WHERE session_no = s.no ORDER BY seq DESC LIMIT 1)")
                .append(", (SELECT i + 1 FROM transcript WHERE session_no = s.no ORDER BY i DESC LIMIT 1)")
                .toString();
    }

    private static String lastInput(String column, Track track) {
        return "(SELECT " + column + " FROM inputs WHERE session_no = s.no AND track = " + StoredNumbers.of(track)
                + " ORDER BY n DESC LIMIT 1)";
    }

    /** Reads them; what is not there is 0. */
    static Edges read(ResultSet row, int firstColumn) throws SQLException {
        int column = firstColumn;
        Marks admitted = Marks.ZERO;
        long lastSeq = 0;
        for (Track track : Track.values()) {
            admitted = admitted.with(track, row.getLong(column++));
            lastSeq = Math.max(lastSeq, row.getLong(column++));
        }
        long externalBytes = row.getLong(column++);
        lastSeq = Math.max(lastSeq, row.getLong(column++));
        return new Edges(admitted, externalBytes, lastSeq, row.getLong(column));
    }
}
