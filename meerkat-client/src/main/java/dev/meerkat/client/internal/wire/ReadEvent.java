package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An event as it came, live or from the log.
 *
 * @param id the envelope's id, or empty text from the log, which has none
 * @param position {@code seq} of a live envelope, {@code sequence} of the log
 * @param timestampMillis the server's time of it
 * @param type the payload's type
 * @param payload the payload
 */
public record ReadEvent(String id, long position, long timestampMillis, String type, JsonNode payload) {}
