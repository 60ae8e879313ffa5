package dev.meerkat.client;

import dev.meerkat.api.Json;
import java.util.Optional;

/**
 * A tool that the server's agents may call and that runs in this client; {@code tools/register} and
 * {@code tool/execute} on the wire.
 *
 * @param name the tool's name, unique in a client
 * @param description for the model
 * @param inputSchema the JSON schema of the arguments
 * @param handler what runs
 */
public record CallbackTool(String name, String description, Json inputSchema, Handler handler) {

    /** What answers the calls of a tool; it may be called by several threads at one time. */
    @FunctionalInterface
    public interface Handler {

        /**
         * Answers one call.
         *
         * @param call the call
         * @return the result, for the model to read
         * @throws Exception whatever goes wrong; its message becomes the tool's error
         */
        String call(Call call) throws Exception;
    }

    /**
     * One call of a tool.
     *
     * @param id the call's id, or empty if the server gives none
     * @param arguments the arguments
     * @param dedupeKey the same for each try of one call, or empty if the server gives none
     */
    public record Call(Optional<String> id, Json arguments, Optional<Json> dedupeKey) {}
}
