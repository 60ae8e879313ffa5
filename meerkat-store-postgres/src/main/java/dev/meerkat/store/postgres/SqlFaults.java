package dev.meerkat.store.postgres;

import java.sql.SQLException;
import java.util.Set;

/** What the SQLSTATE of an error says of a transaction. */
final class SqlFaults {
    /** The server has ended the transaction so that others can go on. */
    private static final Set<String> VICTIM = Set.of("40001", "40P01");
    /** A lock was not to be had in time. */
    private static final String LOCKED = "55P03";
    /** Another connection of the server has what was prepared, or a statement of this name. */
    private static final Set<String> PREPARED = Set.of("26000", "42P05");
    /** Classes of errors that speak of the connection or the server, and not of what was asked. */
    private static final Set<String> SERVER = Set.of("08", "53", "57", "58", "XX", "25");

    private SqlFaults() {}

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    /** What went wrong, with what is chained to it: there a pool that has no connection says why it has none. */
    static String reason(Throwable e) {
        String message = String.valueOf(e.getMessage());
        SQLException next = e instanceof SQLException sql ? sql.getNextException() : null;
        return next == null ? message : message + " (" + next.getMessage() + ")";
    }

    /** The server has ended the transaction for another one, such as one that waited for it, too. */
    static boolean victim(SQLException e) {
        return VICTIM.contains(state(e));
    }

    /** A lost race, such as a deadlock: nothing is stored, and the same again may go well. */
    static boolean lostRace(SQLException e) {
        return victim(e) || state(e).equals(LOCKED);
    }

    /** What was prepared before is not there, or there already: something between shares the server's connections. */
    static boolean unprepared(SQLException e) {
        return PREPARED.contains(state(e));
    }

    /** The server or the way to it fails, whatever was asked; also a pool that has no connection. */
    static boolean unavailable(SQLException e) {
        String state = state(e);
        return state.length() < 2 || SERVER.contains(state.substring(0, 2));
    }

    /** Something is there already that must be there once. */
    static boolean taken(SQLException e) {
        return state(e).equals("23505");
    }

    /** The same again would fail again. */
    static boolean permanent(SQLException e) {
        return !lostRace(e) && !unavailable(e) && !unprepared(e);
    }
}
