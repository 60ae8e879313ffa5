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
}
