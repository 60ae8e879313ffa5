package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.http.Refusals;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;

/** Reads bodies, which must be JSON objects. */
final class JsonBody {
    private JsonBody() {}

    static ObjectNode parse(byte[] bytes) {
        JsonNode tree;
        try {
            tree = WireJson.read(bytes, 0, bytes.length);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String place = at == null ? "" : " at line " + at.getLineNr() + " column " + at.getColumnNr();
            throw Refusals.badRequest("Failed to parse the request body as JSON: " + e.getOriginalMessage() + place);
        } catch (CharacterCodingException e) {
            throw Refusals.badRequest("Failed to parse the request body as JSON: it is not UTF-8");
        } catch (IOException e) {
            throw Refusals.badRequest("Failed to parse the request body as JSON: " + e.getMessage());
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw Refusals.wrongShape("expected an object");
    }
}
