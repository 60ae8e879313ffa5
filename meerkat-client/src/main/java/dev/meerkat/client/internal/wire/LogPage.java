package dev.meerkat.client.internal.wire;

import java.util.List;

/**
 * A page of the log.
 *
 * @param events in order
 * @param hasMore whether more are there already
 */
public record LogPage(List<ReadEvent> events, boolean hasMore) {}
