package dev.meerkat.core.store;

import dev.meerkat.api.AdmittedInput;

/**
 * An input that waits.
 *
 * @param track where it waits
 * @param number its number in that track
 * @param input the input
 */
public record Waiting(Track track, long number, AdmittedInput input) {}
