package dev.meerkat.core.store;

import dev.meerkat.api.Cursor;
import java.util.Optional;

/**
 * Where an admitted input stands.
 *
 * @param track its track
 * @param number its number in that track
 * @param position its place in the event log
 * @param failed what becomes of it if a turn on it failed, or had to be begun again, or empty
 */
public record InputPlace(Track track, long number, Cursor position, Optional<FailedInput> failed) {}
