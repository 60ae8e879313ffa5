package dev.meerkat.agent;

import dev.meerkat.api.Json;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A tool that a model may ask for.
 *
 * @param name its name
 * @param description what it does, for the model
 * @param parameters the JSON Schema of its arguments, an object
 * @param work does it
 * @param timeout how long a call may take, more than zero; empty for what the agent has ({@link ChatAgent#toolTimeout})
 */
public record ChatTool(String name, String description, Json parameters, Work work, Optional<Duration> timeout) {
    /** Checks that nothing is missing. */
    public ChatTool {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(parameters, "parameters");
        Objects.requireNonNull(work, "work");
        if (timeout.filter(limit -> limit.isZero() || limit.isNegative()).isPresent()) {
            throw new IllegalArgumentException("timeout must be more than zero: " + timeout.get());
        }
    }

    /**
     * A tool with the agent's time limit.
     *
     * @param name its name
     * @param description what it does, for the model
     * @param parameters the JSON Schema of its arguments, an object
     * @param work does it
     */
    public ChatTool(String name, String description, Json parameters, Work work) {
        this(name, description, parameters, work, Optional.empty());
    }

    /**
     * With a time limit of its own.
     *
     * @param limit how long a call may take, more than zero
     * @return a changed copy
     */
    public ChatTool withTimeout(Duration limit) {
        return new ChatTool(name, description, parameters, work, Optional.of(limit));
    }

    /** A tool's work; thread-safe, for calls that a model asks for together run at once. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does the work.
         *
         * @param arguments as the model wrote them; not checked against the schema
         * @param key the same if the call is made again after a crash: the idempotency key for other systems
         * @return the result, any JSON
         * @throws Exception any failure; the model reads its message
         */
        Json run(Json arguments, String key) throws Exception;
    }
}
