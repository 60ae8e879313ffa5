package dev.meerkat.springboot;

import dev.meerkat.api.SessionSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code meerkat.webhooks.*}: what the file of {@code meerkat serve --webhooks} has, by the same names.
 * Immutable.
 *
 * @param path path below which each route is taken, with its name as the last part.
 * @param realm realm of the sessions that routes name.
 * @param routes routes by their names.
 * @param notifications targets of notifications by their names.
 * @param positionsFile file that keeps how far each target was told, if not with the sessions.
 */
@ConfigurationProperties(prefix = "meerkat.webhooks", ignoreUnknownFields = false)
public record WebhookProperties(
        @DefaultValue("/hooks") String path,
        @DefaultValue(SessionSpec.DEFAULT_REALM) String realm,
        @DefaultValue Map<String, Route> routes,
        @DefaultValue Map<String, Target> notifications,
        @Nullable Path positionsFile) {
    /**
     * One route.
     *
     * @param preset whose deliveries it takes, such as github.
     * @param session name of the session that gets the events.
     * @param sessionId id of the session that gets the events.
     * @param create session that is created on the first delivery.
     * @param secrets what the sender signs with or shows. Several while one replaces another.
     * @param verify how the sender proves who it is, if not as the preset says.
     * @param type what becomes the type of the event, if not as the preset says. The first that is there.
     * @param source what becomes the source of the event, if not as the preset says. The first that is there.
     * @param key what tells a repeated delivery, if not as the preset says. "none" for nothing.
     * @param drop types that are not taken.
     * @param body form of the body, if not as the preset says.
     * @param keep headers that are kept in the payload.
     * @param maxBodyBytes most bytes of a body.
     * @param signed "unzipped" if the sender signs what it zips later.
     * @param answers status by result, where a sender needs another one.
     */
    public record Route(
            @Nullable String preset,
            @Nullable String session,
            @Nullable String sessionId,
            @Nullable Create create,
            @Nullable List<String> secrets,
            @Nullable Verify verify,
            @Nullable List<Field> type,
            @Nullable List<Field> source,
            @Nullable List<Field> key,
            @Nullable List<String> drop,
            @Nullable String body,
            @Nullable List<String> keep,
            @Nullable Integer maxBodyBytes,
            @Nullable String signed,
            @Nullable Map<String, Integer> answers) {
        /** Without the secrets. */
        @Override
        public String toString() {
            return "Route[preset=" + preset + "]";
        }
    }

    /**
     * A target of notifications.
     *
     * @param url address that is told.
     * @param secrets what notifications are signed with, as whsec_ and base64. Several while one replaces another.
     * @param types types of events that are told, such as turn_completed.
     * @param session name of the only session that is told of.
     */
    public record Target(
            @Nullable String url,
            @Nullable List<String> secrets,
            @Nullable List<String> types,
            @Nullable String session) {
        /** Without the secrets. */
        @Override
        public String toString() {
            return "Target[url=" + url + "]";
        }
    }

    /**
     * A session that is created on the first delivery.
     *
     * @param commsName its name.
     * @param prompt its first prompt.
     * @param keepAlive whether events wake it.
     * @param deferred whether its first turn waits for the first event.
     * @param model model that it asks for.
     * @param systemPrompt what its model is told first.
     * @param labels its labels.
     * @param instructions further instructions.
     */
    public record Create(
            @Nullable String commsName,
            @Nullable String prompt,
            @Nullable Boolean keepAlive,
            @Nullable Boolean deferred,
            @Nullable String model,
            @Nullable String systemPrompt,
            @Nullable Map<String, String> labels,
            @Nullable List<String> instructions) {}

    /**
     * How the sender proves who it is.
     *
     * @param scheme name of the way, such as hmac.
     * @param header header with the signature or the secret.
     * @param hash hash of the HMAC.
     * @param encoding how the signature is written.
     * @param prefix what stands before the signature.
     * @param timestampHeader header with the time of signing.
     * @param timestampSeparator what stands between the time and the body in what is signed.
     * @param toleranceSeconds how far the time may be from that of arrival.
     */
    public record Verify(
            @Nullable String scheme,
            @Nullable String header,
            @Nullable String hash,
            @Nullable String encoding,
            @Nullable String prefix,
            @Nullable String timestampHeader,
            @Nullable String timestampSeparator,
            @Nullable Integer toleranceSeconds) {
        /**
         * A scheme with nothing to set.
         *
         * @param scheme its name
         * @return the verification
         */
        public static Verify valueOf(String scheme) {
            return new Verify(scheme, null, null, null, null, null, null, null);
        }
    }

    /**
     * A part of a delivery. One of the fields is set.
     *
     * @param header name of a header.
     * @param pointer JSON pointer into the body.
     * @param constant text that is always the same.
     * @param joined parts that are joined.
     * @param word "digest" for a digest of the body, "none" for nothing.
     */
    public record Field(
            @Nullable String header,
            @Nullable String pointer,
            @Nullable String constant,
            @Nullable List<Field> joined,
            @Nullable String word) {
        /**
         * A part that is one word.
         *
         * @param word {@code digest}, or {@code none} for a key
         * @return the part
         */
        public static Field valueOf(String word) {
            return new Field(null, null, null, null, word);
        }
    }
}
