package dev.meerkat.core.store;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import java.time.Instant;

/**
 * An input to be admitted.
 *
 * @param id its id, which also makes a second delivery of it a duplicate
 * @param at when it came
 * @param track where it waits
 * @param body what it says
 */
public record NewInput(InputId id, Instant at, Track track, InputBody body) {}
