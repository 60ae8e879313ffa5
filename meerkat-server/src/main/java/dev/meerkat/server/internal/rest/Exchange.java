package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.calls.WireFault;
import dev.meerkat.server.internal.http.BodyReader;
import dev.meerkat.server.internal.http.Refusals;
import dev.meerkat.server.internal.http.Reply;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** A request and its one answer. */
final class Exchange {
    private static final String REQUEST_ID = "X-Meerkat-Request-Id";
    private static final Caller CALLER = new RestCaller();

    private final RestSite site;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Reply reply;
    private List<String> path = List.of();
    private volatile @Nullable String requestId;
    private volatile RequestIds.@Nullable Running running;

    Exchange(RestSite site, Request request, Response response, Callback callback) {
        this.site = site;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.reply = new Reply(response, callback, this::ended);
    }

    /** A request has no connection whose tools could serve a session, or to which events could go. */
    private static final class RestCaller implements Caller {
        @Override
        public Surface surface() {
            return Surface.REST;
        }

        @Override
        public void engaged(SessionId session, boolean created, boolean copies) {
            // Over REST, events are told by streams that are asked for.
        }
    }

    RestSite site() {
        return site;
    }

    Request request() {
        return request;
    }

    void path(List<String> segments) {
        path = segments;
    }

    /** What stands at a free place of the route. */
    String path(int index) {
        return path.get(index);
    }

    /** A header of the request, or null. */
    @Nullable
    String header(String name) {
        return request.getHeaders().get(name);
    }

    /** Adds a header to the answer. */
    void header(HttpHeader name, String value) {
        response.getHeaders().put(name, value);
    }

    /** The parameters after the question mark. */
    Fields query() {
        try {
            return Request.extractQueryParameters(request);
        } catch (RuntimeException e) {
            throw Refusals.wrongQuery("it is not encoded as it must be");
        }
    }

    /** Makes the request one that can be taken back, if it has an id. */
    void cancellable() {
        String id = header(REQUEST_ID);
        if (id != null) {
            running = site.requests().begin(id);
            requestId = id;
        }
    }

    /** Reads the body, which must be a JSON object, and goes on with it. */
    void body(Consumer<ObjectNode> next) {
        BodyReader.read(site.bodies(), request, reply, bytes -> next.accept(JsonBody.parse(bytes)));
    }

    /** Calls a method and goes on with its result. */
    void call(String method, ObjectNode params, Consumer<ObjectNode> next) {
        call(method, params, next, this::fail);
    }

    /** Calls a method and goes on with its result, or with why there is none. */
    void call(String method, ObjectNode params, Consumer<ObjectNode> next, Consumer<Throwable> failed) {
        RequestIds.Running cancellable = running;
        if (cancellable != null && cancellable.isCancelled()) {
            throw Refusals.of(499, "REQUEST_CANCELLED", "request cancelled before start");
        }
        PendingCall pending = site.shared().calls().start(method, params, CALLER);
        if (cancellable != null) {
            cancellable.started(pending);
        }
        CompletableFuture<?> unused = pending.answer().whenComplete((answer, problem) -> {
            try {
                if (problem != null) {
                    failed.accept(problem);
                } else {
                    next.accept(answer.result());
                }
            } catch (RuntimeException e) {
                failed.accept(e);
            }
        });
    }

    /** Calls a method, whose result is the answer. */
    void call(String method, ObjectNode params) {
        call(method, params, result -> reply(200, result));
    }

    /** Answers with JSON. */
    void reply(int status, JsonNode body) {
        reply.send(status, Reply.JSON, WireJson.write(body));
    }

    /** Answers with text. */
    void replyText(byte[] text) {
        reply.send(200, "text/plain; charset=utf-8", text);
    }

    /** Answers with an error. */
    void fail(Throwable problem) {
        reply.fail(problem);
    }

    /** Answers with an error whose body has another form. */
    void fail(WireFault fault, ObjectNode body) {
        reply.fail(fault, body);
    }

    /** Begins an answer that goes on; null if it was answered already. */
    EventStream.@Nullable Wire stream() {
        if (!reply.end()) {
            return null;
        }
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
        // Seconds of silence are counted by the stream itself.
        request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(0);
        return new EventStream.Wire(response, callback);
    }

    private void ended() {
        String id = requestId;
        if (id != null) {
            site.requests().end(id);
        }
    }
}
