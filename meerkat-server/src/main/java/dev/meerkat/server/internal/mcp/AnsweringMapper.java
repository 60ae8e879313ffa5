package dev.meerkat.server.internal.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import java.io.IOException;

/**
 * Writes JSON for the library, which ends a call that an exception hits, but lets an error of the machine end its thread: the
 * host would wait for ever. So such an error is an exception here. Thread-safe.
 */
final class AnsweringMapper implements McpJsonMapper {
    private final McpJsonMapper mapper;

    AnsweringMapper(McpJsonMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public <T> T readValue(String json, Class<T> type) throws IOException {
        return mapper.readValue(json, type);
    }

    @Override
    public <T> T readValue(byte[] json, Class<T> type) throws IOException {
        return mapper.readValue(json, type);
    }

    @Override
    public <T> T readValue(String json, TypeRef<T> type) throws IOException {
        return mapper.readValue(json, type);
    }

    @Override
    public <T> T readValue(byte[] json, TypeRef<T> type) throws IOException {
        return mapper.readValue(json, type);
    }

    @Override
    public <T> T convertValue(Object value, Class<T> type) {
        return mapper.convertValue(value, type);
    }

    @Override
    public <T> T convertValue(Object value, TypeRef<T> type) {
        return mapper.convertValue(value, type);
    }

    @Override
    public String writeValueAsString(Object value) throws IOException {
        try {
            return mapper.writeValueAsString(value);
        } catch (Error e) {
            throw new IOException("a message cannot be written", e);
        }
    }

    @Override
    public byte[] writeValueAsBytes(Object value) throws IOException {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (Error e) {
            throw new IOException("a message cannot be written", e);
        }
    }
}
