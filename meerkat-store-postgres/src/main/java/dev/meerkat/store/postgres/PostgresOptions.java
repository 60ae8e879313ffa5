package dev.meerkat.store.postgres;

import dev.meerkat.api.InvalidFieldException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * How a {@link PostgresStore} is opened.
 *
 * @param schema the schema that holds the tables; it is made if it is not there, by a role that may
 * @param nodeName how this process is known in messages, such as a host's name
 * @param lease how long this process is believed to live when it says nothing more: so long do others wait before they
 *     open the store of a process that was killed; at least 3 seconds
 */
public record PostgresOptions(String schema, String nodeName, Duration lease) {
    private static final int NAME_BYTES = 63;
    private static final Duration LEAST_LEASE = Duration.ofSeconds(3);
    private static final Duration MOST_LEASE = Duration.ofMinutes(10);

    /** Checks the options. */
    public PostgresOptions {
        int bytes = schema.getBytes(StandardCharsets.UTF_8).length;
        if (schema.isEmpty() || bytes > NAME_BYTES || schema.indexOf('\0') >= 0) {
            throw new InvalidFieldException("schema", schema, "must have 1 to " + NAME_BYTES + " bytes, and no NUL");
        }
        if (nodeName.isEmpty() || nodeName.indexOf('\0') >= 0) {
            throw new InvalidFieldException("node_name", nodeName, "must not be empty, and have no NUL");
        }
        if (lease.compareTo(LEAST_LEASE) < 0 || lease.compareTo(MOST_LEASE) > 0) {
            throw new InvalidFieldException(
                    "lease", lease.toString(), "must be between " + LEAST_LEASE + " and " + MOST_LEASE);
        }
    }

    /**
     * Schema {@code meerkat}, a lease of 10 seconds.
     *
     * @return the options
     */
    public static PostgresOptions defaults() {
        return new PostgresOptions("meerkat", "a node", Duration.ofSeconds(10));
    }

    /**
     * With another schema.
     *
     * @param other its name, as it is, without quotes
     * @return a changed copy
     */
    public PostgresOptions withSchema(String other) {
        return new PostgresOptions(other, nodeName, lease);
    }

    /**
     * With another name for this process.
     *
     * @param other the name
     * @return a changed copy
     */
    public PostgresOptions withNodeName(String other) {
        return new PostgresOptions(schema, other, lease);
    }

    /**
     * With another lease.
     *
     * @param other its length
     * @return a changed copy
     */
    public PostgresOptions withLease(Duration other) {
        return new PostgresOptions(schema, nodeName, other);
    }
}
