package dev.meerkat.client.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.TraceContext;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.form.ApiCall;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** Makes the requests to one server. Thread-safe. */
final class Asks {
    private static final String REQUEST_ID = "X-Meerkat-Request-Id";
    private static final String WEBHOOK_SECRET = "X-Webhook-Secret";
    private static final MediaType JSON = MediaType.get("application/json");

    private final RestSettings settings;
    private final ClientTimeouts timeouts;
    private final Supplier<String> requestIds;

    Asks(RestSettings settings, Supplier<String> requestIds) {
        this.settings = settings;
        this.timeouts = settings.timeouts();
        this.requestIds = requestIds;
    }

    /** The address of a route. */
    HttpUrl.Builder route(String... segments) {
        HttpUrl.Builder url = settings.server().newBuilder();
        for (String segment : segments) {
            url.addPathSegment(segment);
        }
        return url;
    }

    /** A read. */
    HttpAsk get(String what, HttpUrl.Builder route) {
        return get(what, route, timeouts.call());
    }

    /** A read with a timeout of its own. */
    HttpAsk get(String what, HttpUrl.Builder route, Duration timeout) {
        return new HttpAsk(what, request(route).get().build(), timeout, false, null);
    }

    /** What opens a stream of events; the timeout is that of its begin. */
    HttpAsk stream(String what, HttpUrl.Builder route) {
        Request request = request(route).header("Accept", "text/event-stream").build();
        return new HttpAsk(what, request, timeouts.call(), false, null);
    }

    /** A change without a body, sent at most once. */
    HttpAsk post(String what, HttpUrl.Builder route) {
        return new HttpAsk(what, request(route).post(new OnceBody(null)).build(), timeouts.call(), true, null);
    }

    /** A change, sent at most once. */
    HttpAsk post(String what, HttpUrl.Builder route, JsonNode body) {
        return new HttpAsk(what, request(route).post(new OnceBody(body)).build(), timeouts.call(), true, null);
    }

    /** The end of a session, asked for at most once. */
    HttpAsk delete(String what, HttpUrl.Builder route) {
        return new HttpAsk(what, request(route).delete(new OnceBody(null)).build(), timeouts.call(), true, null);
    }

    /** A change that runs a turn, which the server can cancel; sent at most once. */
    HttpAsk turn(String what, HttpUrl.Builder route, JsonNode body) {
        String id = requestIds.get();
        Request request =
                request(route).header(REQUEST_ID, id).post(new OnceBody(body)).build();
        return new HttpAsk(what, request, timeouts.turn(), true, id);
    }

    /**
     * A change on a route of events, which takes the webhook secret.
     *
     * @param keyed whether it has a key under which it takes effect once; if not, it is sent at most once
     */
    HttpAsk event(String what, HttpUrl.Builder route, JsonNode body, boolean keyed) {
        Request.Builder request =
                request(route).post(keyed ? RequestBody.create(WireJson.write(body), JSON) : new OnceBody(body));
        if (settings.webhookSecret() != null) {
            request.header(WEBHOOK_SECRET, settings.webhookSecret());
        }
        return new HttpAsk(what, request.build(), timeouts.call(), true, null);
    }

    /** A call in the API's own form. */
    HttpAsk api(ApiCall call, JsonNode body, boolean keyed) {
        boolean once = call.changes() && !keyed;
        Request.Builder request = request(route(ApiCall.FEATURE, call.word()))
                .post(once ? new OnceBody(body) : RequestBody.create(WireJson.write(body), JSON));
        if (settings.webhookSecret() != null) {
            request.header(WEBHOOK_SECRET, settings.webhookSecret());
        }
        return new HttpAsk(call.method(), request.build(), timeouts.call(), call.changes(), null);
    }

    /** The cancellation of a turn or a create; it names what it cancels, so that it may be sent again. */
    HttpAsk cancel(HttpAsk turn) {
        Request request = request(route("requests", String.valueOf(turn.requestId()), "cancel"))
                .post(RequestBody.EMPTY)
                .build();
        return new HttpAsk("cancel: " + turn.what(), request, timeouts.call(), true, null);
    }

    /** Asks for plain bodies, so that what is bounded is what is read. */
    private Request.Builder request(HttpUrl.Builder route) {
        Request.Builder request = new Request.Builder()
                .url(route.build())
                .headers(settings.headers())
                .header("Accept-Encoding", "identity");
        TraceContext.current().ifPresent(trace -> {
            request.header("traceparent", trace.traceParent());
            trace.traceState().ifPresent(state -> request.header("tracestate", state));
        });
        return request;
    }

    /** A body that is never sent a second time, whatever becomes of the connection. */
    private static final class OnceBody extends RequestBody {
        private final byte[] bytes;
        private final @Nullable MediaType type;

        OnceBody(@Nullable JsonNode body) {
            this.bytes = body == null ? new byte[0] : WireJson.write(body);
            this.type = body == null ? null : JSON;
        }

        @Override
        public @Nullable MediaType contentType() {
            return type;
        }

        @Override
        public long contentLength() {
            return bytes.length;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            sink.write(bytes);
        }
    }
}
