package dev.meerkat.core.store;

import dev.meerkat.api.SessionId;

/**
 * Which sessions of a store are this opening's to work on. Thread-safe.
 *
 * <p>It is a promise of the past: a store that can lose sessions to another opening checks each write again, and answers
 * {@link Fenced}. What it prevents is that work begins which could not be stored.
 */
@FunctionalInterface
public interface Ownership {
    /** Of a store that has one opening at a time: all sessions, for ever. */
    Ownership SOLE = session -> true;

    /**
     * Whether steps and tools of a session may begin now. Neither waits nor asks anybody, and measures time by a clock
     * that nobody can set.
     *
     * @param session the session
     * @return false once it may belong to another opening; it may become true again
     */
    boolean owns(SessionId session);

    /**
     * Whether new turns of a session may begin. While a store gives a session up, the turn that runs goes on, and no other
     * begins.
     *
     * @param session the session
     * @return false if it is another opening's, or about to be
     */
    default boolean takesUp(SessionId session) {
        return true;
    }

    /**
     * The number of the term for which a session is this opening's. If it is another one than before, somebody else may
     * have worked for the session meanwhile.
     *
     * @param session the session
     * @return 0 while it is another opening's
     */
    default long term(SessionId session) {
        return 1;
    }
}
