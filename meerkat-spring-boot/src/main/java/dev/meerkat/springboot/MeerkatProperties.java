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
 * @param server the server to be a client of
 * @param events event streams that controllers return
 */
@ConfigurationProperties("meerkat")
public record MeerkatProperties(
        @DefaultValue Store store,
        @DefaultValue Server server,
        @DefaultValue Events events) {
    /**
     * Where sessions are kept.
     *
     * @param file SQLite file that keeps the sessions, in a directory that exists. In memory if not set.
     */
    public record Store(@Nullable Path file) {}

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
