package dev.meerkat.core;

import dev.meerkat.api.InputId;
import dev.meerkat.api.Lane;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;

/**
 * Told what a runtime does, for metrics and traces. Called on the runtime's own threads: must be
 * quick, must not block and must be thread-safe; what it throws is logged and otherwise ignored.
 */
public interface RuntimeListener {
    /** Ignores everything. */
    RuntimeListener NONE = new RuntimeListener() {};

    /**
     * An input was admitted.
     *
     * @param session the session
     * @param input the input
     * @param lane where it waits
     */
    default void admitted(SessionId session, InputId input, Lane lane) {}

    /**
     * Work was refused.
     *
     * @param session the session
     * @param code the stable code of the refusal
     */
    default void refused(SessionId session, String code) {}

    /**
     * An attempt at a turn began.
     *
     * @param session the session
     * @param turn the turn
     * @param attempt which attempt
     * @param inputs how many inputs it took up
     */
    default void turnStarted(SessionId session, TurnId turn, int attempt, int inputs) {}

    /**
     * An attempt at a turn ended.
     *
     * @param session the session
     * @param turn the turn
     * @param outcome {@code completed}, {@code interrupted}, {@code failed}, {@code dead_lettered}, or {@code
     *     put_aside} by a runtime that closes: the next one makes the same attempt again
     */
    default void turnEnded(SessionId session, TurnId turn, String outcome) {}

    /**
     * An input failed for now: later inputs go on, and it is tried again later.
     *
     * @param session the session
     * @param input the input
     * @param attempts how many attempts were made
     * @param code the stable code of the last failure
     */
    default void setAside(SessionId session, InputId input, int attempts, String code) {}

    /**
     * An input was given up.
     *
     * @param session the session
     * @param input the input
     * @param attempts how many attempts were made
     * @param code the stable code of the last failure
     */
    default void deadLettered(SessionId session, InputId input, int attempts, String code) {}
}
