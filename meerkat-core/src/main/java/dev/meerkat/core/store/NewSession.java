package dev.meerkat.core.store;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import java.time.Instant;
import java.util.Optional;

/**
 * A session to be created, with its first input if it has one, in one transaction. The store also writes the
 * {@code CREATED} lifecycle event, and the system prompt as the first transcript entry.
 *
 * @param id its id
 * @param spec what it is to be
 * @param identitySeed the 32 secret bytes of its Ed25519 identity; empty without a comms name
 * @param at when
 * @param prompt its first prompt, waiting; empty if it has none
 */
@SuppressWarnings("ArrayRecordComponent") // a secret, which neither compares nor prints
public record NewSession(SessionId id, SessionSpec spec, byte[] identitySeed, Instant at, Optional<NewInput> prompt) {}
