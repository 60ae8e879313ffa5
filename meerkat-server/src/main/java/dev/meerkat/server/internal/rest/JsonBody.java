package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;

/** Reads bodies, which must be JSON objects. */
final class JsonBody {
    private JsonBody() {}

    static ObjectNode parse(byte[] bytes) {
        JsonNode tree;
        try {
            tree = WireJson.read(bytes, 0, bytes.length);
        } catch (IOException e) {
            JsonLocation at = e instanceof JsonProcessingException json ? json.getLocation() : null;
            String place = at == null ? "" : " at line " + at.getLineNr() + " column " + at.getColumnNr();
            throw HttpErrors.badRequest("Failed to parse the request body as JSON: " + WireJson.why(e) + place);
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw HttpErrors.wrongShape("expected an object");
    }
}
