package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Json;
import java.io.IOException;

/** JSON of the wire as trees: bounded depth, numbers kept exactly, duplicate fields refused. Thread-safe. */
public final class WireJson {
    private WireJson() {}

    /** Reads one JSON value from UTF-8 bytes and nothing after it. */
    public static JsonNode read(byte[] bytes, int offset, int length) throws IOException {
        return Later.later();
    }

    /** Writes a tree as UTF-8, without line ends. */
    public static byte[] write(JsonNode tree) {
        return Later.later();
    }

    /** A value of the API as a tree. */
    public static JsonNode tree(Json json) {
        return Later.later();
    }

    /** A tree as a value of the API; a missing node is null. */
    public static Json json(JsonNode tree) {
        return Later.later();
    }
}
