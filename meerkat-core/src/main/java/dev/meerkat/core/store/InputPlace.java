package dev.meerkat.core.store;

import dev.meerkat.api.Cursor;

/**
 * Where an admitted input stands.
 *
 * @param track its track
 * @param number its number in that track
 * @param position its place in the event log
 * @param deadLettered whether it was given up
 */
public record InputPlace(Track track, long number, Cursor position, boolean deadLettered) {}
