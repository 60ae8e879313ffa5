package dev.meerkat.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * The recorded traffic of a real server.
 *
 * @param name of the file, without its ending
 * @param rows its lines
 */
record Recording(String name, List<JsonNode> rows) {
    static Recording of(String name) {
        try (InputStream in =
                Objects.requireNonNull(Recording.class.getResourceAsStream("/recorded/" + name + ".jsonl"), name)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Recording(name, text.lines().map(Recording::json).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return WireJson.read(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    ContractLine line() {
        return name.contains("-0.6.") ? ContractLine.V0_6 : ContractLine.V0_9;
    }

    @Override
    public String toString() {
        return name;
    }
}
