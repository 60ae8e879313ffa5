package dev.meerkat.core;

import java.util.UUID;

/** Makes the ids of sessions, turns, inputs and envelopes. Thread-safe. */
@FunctionalInterface
public interface IdSource {
    /** {@return a UUID that this store has never seen; of version 7, so that ids sort by time} */
    UUID next();
}
