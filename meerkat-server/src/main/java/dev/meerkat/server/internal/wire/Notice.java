package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How something that nobody prompted shows in a transcript.
 *
 * @param kind {@code comms} or {@code external_event}
 * @param headline one line for people
 * @param block the whole of it
 * @param shown what a model gets to read after the headline
 */
record Notice(String kind, String headline, ObjectNode block, String shown) {
    /** All that a model gets to read. */
    String text() {
        return headline + "\n" + shown;
    }
}
