package dev.meerkat.client.internal.rest;

import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * How to reach one server. Its text form holds no secret.
 *
 * @param server where it is; its path is a prefix of all routes
 * @param headers sent with every request
 * @param webhookSecret sent on the routes of events only, or null
 * @param http the user's client that ours is derived from, or null
 * @param timeouts how long to wait
 * @param limits how much to take in
 */
public record RestSettings(
        HttpUrl server,
        Headers headers,
        @Nullable String webhookSecret,
        @Nullable OkHttpClient http,
        ClientTimeouts timeouts,
        ClientLimits limits) {

    /** The defaults. */
    public static RestSettings of(HttpUrl server) {
        return new RestSettings(server, Headers.EMPTY, null, null, ClientTimeouts.defaults(), ClientLimits.defaults());
    }

    /** With another value of a header. */
    public RestSettings withHeader(String name, String value) {
        Headers more = headers.newBuilder().set(name, value).build();
        return new RestSettings(server, more, webhookSecret, http, timeouts, limits);
    }

    /** With another secret of the routes of events. */
    public RestSettings withWebhookSecret(String secret) {
        return new RestSettings(server, headers, secret, http, timeouts, limits);
    }

    /** Derived from another client of the user. */
    public RestSettings withHttp(OkHttpClient http) {
        return new RestSettings(server, headers, webhookSecret, http, timeouts, limits);
    }

    /** With other timeouts. */
    public RestSettings withTimeouts(ClientTimeouts timeouts) {
        return new RestSettings(server, headers, webhookSecret, http, timeouts, limits);
    }

    /** With other limits. */
    public RestSettings withLimits(ClientLimits limits) {
        return new RestSettings(server, headers, webhookSecret, http, timeouts, limits);
    }

    @Override
    public String toString() {
        return server + " (headers " + headers.names() + ", webhook secret " + (webhookSecret == null ? "none" : "set")
                + ")";
    }
}
