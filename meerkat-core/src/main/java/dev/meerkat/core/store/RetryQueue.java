package dev.meerkat.core.store;

/**
 * The inputs of a session that are tried again, in the order in which they are due.
 *
 * @param held whether one of them holds up later inputs
 * @param first the one that is due first
 * @param last the one that is due last
 */
public record RetryQueue(boolean held, FailedInput first, FailedInput last) {}
