package dev.meerkat.springboot;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties {@code meerkat.*}. Immutable.
 *
 * @param store where sessions are kept
 * @param agent what answers sessions that no bean of type {@code Agent} answers
 * @param server the server to be a client of
 * @param outbox events that leave with transactions of the application
 * @param events event streams that controllers return
 */
@ConfigurationProperties("meerkat")
public record MeerkatProperties(
        @DefaultValue Store store,
        @DefaultValue ModelAgent agent,
        @DefaultValue Server server,
        @DefaultValue Outbox outbox,
        @DefaultValue Events events) {
    /**
     * Where sessions are kept.
     *
     * @param type what keeps the sessions. If not set, a SQLite file if there is one, and else the memory.
     * @param file SQLite file that keeps the sessions, in a directory that exists.
     * @param schema schema of the PostgreSQL database of the application's DataSource that has the tables. It is made
     *     if it is not there.
     * @param lease time without a sign of life after which other processes take over the sessions of one in PostgreSQL.
     */
    public record Store(
            @Nullable Type type,
            @Nullable Path file,
            @DefaultValue("meerkat") String schema,
            @DefaultValue("10s") Duration lease) {
        /** Checks that the parts fit. */
        public Store {
            if (type == Type.SQLITE && file == null) {
                throw new InvalidConfigurationPropertyValueException(
                        "meerkat.store.type", type, "needs meerkat.store.file");
            }
            if (file != null && type != null && type != Type.SQLITE) {
                throw new InvalidConfigurationPropertyValueException(
                        "meerkat.store.file", file, "is of no use if meerkat.store.type is " + type);
            }
        }

        /** What keeps sessions. */
        public enum Type {
            /** Nothing: they end with the application. */
            MEMORY,
            /** A file. */
            SQLITE,
            /** The database of the application's {@code DataSource}. */
            POSTGRESQL
        }
    }

    /**
     * What answers sessions that no bean of type {@code Agent} answers.
     *
     * @param model name of the bean that is the chat model. If not set, the only one, if there is no agent at all.
     */
    public record ModelAgent(@Nullable String model) {}

    /**
     * The server to be a client of.
     *
     * @param url address of the REST surface of a server. If set, sessions are on that server and not in this application.
     * @param token bearer token of the server.
     * @param tokenFile file with the bearer token of the server, instead of the token itself.
     */
    public record Server(
            @Nullable URI url,
            @Nullable String token,
            @Nullable Path tokenFile) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Server[url=" + url + ", tokenFile=" + tokenFile + "]";
        }
    }

    /**
     * Events that leave with transactions of the application.
     *
     * @param enabled whether there is an outbox in the database of the application's DataSource.
     * @param sweep time after which it is looked for events that no commit in this process has told of.
     */
    public record Outbox(
            boolean enabled, @DefaultValue("5s") Duration sweep) {
        /** Checks the time. */
        public Outbox {
            if (sweep.isNegative() || sweep.isZero()) {
                throw new InvalidConfigurationPropertyValueException("meerkat.outbox.sweep", sweep, "must be positive");
            }
        }
    }

    /**
     * Event streams that controllers return.
     *
     * @param streams number of streams that may be open at once. One more is answered with 503.
     * @param heartbeat time without events after which a comment is sent, so that a client that has gone is noticed.
     */
    public record Events(
            @DefaultValue("1000") int streams,
            @DefaultValue("15s") Duration heartbeat) {
        /** Checks the numbers. */
        public Events {
            if (streams < 1) {
                throw new InvalidConfigurationPropertyValueException(
                        "meerkat.events.streams", streams, "must be at least 1");
            }
            if (heartbeat.isNegative() || heartbeat.isZero()) {
                throw new InvalidConfigurationPropertyValueException(
                        "meerkat.events.heartbeat", heartbeat, "must be positive");
            }
        }
    }
}
