package dev.meerkat.core;

import dev.meerkat.api.Usage;
import java.time.Duration;
import java.util.Optional;

/**
 * How a piece of work ended.
 *
 * @param took how long it took, by the clock of the runtime; never negative
 * @param outcome {@code completed} or {@code failed}; of an attempt at a turn also {@code interrupted}, {@code parked},
 *     {@code dead_lettered}, {@code put_aside} (by a runtime that closes: the next one makes the same attempt again) or
 *     {@code not_stored} (the store did not take its end)
 * @param code why it failed or was parked: a stable code, or the simple class name of what was thrown; else empty
 * @param used the tokens that it used, as far as it told; of an attempt, those of the whole turn
 */
public record WorkResult(Duration took, String outcome, Optional<String> code, Optional<Usage> used) {}
