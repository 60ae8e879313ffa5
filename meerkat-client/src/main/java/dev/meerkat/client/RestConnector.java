package dev.meerkat.client;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.client.internal.RemoteClient;
import dev.meerkat.client.internal.rest.RestAddress;
import dev.meerkat.client.internal.rest.RestCalls;
import dev.meerkat.client.internal.rest.RestSettings;
import java.net.URI;
import java.util.UUID;
import okhttp3.OkHttpClient;

/**
 * How to connect to a server's REST surface. Immutable.
 *
 * <p>Each call and each stream takes one thread while it is open: a virtual one where the JVM has them,
 * from Java 21 on, else one of a pool that {@link ClientLimits} bounds through the calls and streams that it
 * allows, and that has no thread while nothing is open for some seconds.
 *
 * <p>Redirects are not followed. What changes something is sent at most once, except for an external event
 * with an idempotency key; reads may be sent a second time if a connection breaks. So a change that goes out
 * over a connection which the server has just closed has an unknown outcome; to make that rare, connections
 * are not kept for longer than four seconds without use, unless an OkHttp client of your own keeps them.
 */
public final class RestConnector {
    private final RestSettings settings;
    private final boolean wakeAfterEvents;

    RestConnector(URI server) {
        this(RestSettings.of(RestAddress.checked(server)), false);
    }

    private RestConnector(RestSettings settings, boolean wakeAfterEvents) {
        this.settings = settings;
        this.wakeAfterEvents = wakeAfterEvents;
    }

    /**
     * With a bearer token, sent as {@code Authorization} with every request. It appears in no error, log
     * or text form.
     *
     * @param token the token
     * @return a changed connector
     * @throws InvalidFieldException if it has characters that no header takes
     */
    public RestConnector bearer(String token) {
        RestAddress.checkHeaderValue("bearer", token);
        return with(settings.withHeader("Authorization", "Bearer " + token));
    }

    /**
     * With a header of your own, sent with every request; another value under the same name is replaced.
     * The value appears in no error, log or text form.
     *
     * @param name the header's name
     * @param value the header's value
     * @return a changed connector
     * @throws InvalidFieldException if one of them has characters that no header takes, or the name is that
     *     of a header that this client sets itself
     */
    public RestConnector header(String name, String value) {
        RestAddress.checkHeaderName(name);
        RestAddress.checkHeaderValue(name, value);
        return with(settings.withHeader(name, value));
    }

    /**
     * With the secret that the server wants with events from outside, {@code X-Webhook-Secret} on the wire.
     * It is sent with external events and answers for peers, and with nothing else.
     *
     * @param secret the secret
     * @return a changed connector
     * @throws InvalidFieldException if it has characters that no header takes
     */
    public RestConnector webhookSecret(String secret) {
        RestAddress.checkHeaderValue("webhook_secret", secret);
        return with(settings.withWebhookSecret(secret));
    }

    /**
     * With the settings of an OkHttp client: TLS, proxies, DNS, interceptors, connection pool. The client
     * shares its connections, and is neither changed nor closed; its timeouts, dispatcher, cache and the
     * following of redirects are not used.
     *
     * @param http the client
     * @return a changed connector
     */
    public RestConnector http(OkHttpClient http) {
        return with(settings.withHttp(http));
    }

    /**
     * With other timeouts.
     *
     * @param timeouts how long to wait
     * @return a changed connector
     */
    public RestConnector timeouts(ClientTimeouts timeouts) {
        return with(settings.withTimeouts(timeouts));
    }

    /**
     * With other limits.
     *
     * @param limits how much to take in
     * @return a changed connector
     */
    public RestConnector limits(ClientLimits limits) {
        return with(settings.withLimits(limits));
    }

    /**
     * Follows each accepted external event with an input that wakes the session. Servers do not wake a
     * session for an external event alone. Off by default.
     *
     * @return a changed connector
     */
    public RestConnector wakeAfterEvents() {
        return new RestConnector(settings, true);
    }

    private RestConnector with(RestSettings changed) {
        return new RestConnector(changed, wakeAfterEvents);
    }

    /**
     * Connects: asks the server for its contract line, within the connect timeout.
     *
     * @return a client, to be closed
     * @throws InterruptedException if interrupted while waiting
     * @throws ServerUnreachableException if there is no server
     * @throws ContractMismatchException if the server speaks a line that this client does not know
     */
    public RemoteMeerkat open() throws InterruptedException {
        RestCalls calls = RestCalls.connect(settings, () -> UUID.randomUUID().toString());
        return RemoteClient.of(calls, settings.timeouts(), settings.limits(), wakeAfterEvents);
    }

    /** Where the server is, without secrets. */
    @Override
    public String toString() {
        return "RestConnector[" + settings + "]";
    }
}
