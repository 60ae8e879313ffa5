package dev.meerkat.store.sqlite;

import java.util.List;

/**
 * What an inspection of a store's file has found. Immutable.
 *
 * @param problems what is damaged, one line each; empty if nothing is
 * @param repairable what is wrong, and mended by opening and closing the store
 * @param notes what is as it may be, and somebody should know
 */
public record SqliteReport(List<String> problems, List<String> repairable, List<String> notes) {
    /** Copies all. */
    public SqliteReport {
        problems = List.copyOf(problems);
        repairable = List.copyOf(repairable);
        notes = List.copyOf(notes);
    }
}
