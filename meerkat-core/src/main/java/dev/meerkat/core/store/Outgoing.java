package dev.meerkat.core.store;

/**
 * An envelope in its sender's outbox.
 *
 * @param number its place there: one that was committed later has a higher number
 * @param envelope the envelope
 */
public record Outgoing(long number, Envelope envelope) {}
