package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.TraceContext;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.http.BodyReader;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.server.internal.http.HttpReply;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.methods.Operations;
import dev.meerkat.server.internal.methods.WirePages;
import dev.meerkat.server.internal.wire.KnownFields;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request and its one answer. */
final class RestExchange {
    private static final String REQUEST_ID = "X-Meerkat-Request-Id";
    /** Of every request. */
    static final Caller CALLER = () -> Surface.REST;

    private static final Logger LOG = LoggerFactory.getLogger(RestExchange.class);

    private final RestContext site;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final HttpReply reply;
    private List<String> path = List.of();
    private volatile @Nullable String requestId;
    private volatile RequestIds.@Nullable Running running;
    // Guarded by this.
    private boolean placed;
    private boolean over;

    RestExchange(RestContext site, Request request, Response response, Callback callback) {
        this.site = site;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.reply = new HttpReply(response, callback, this::ended);
    }

    RestContext site() {
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

    /** A header of the request, which must be UTF-8, or null. */
    @Nullable
    String header(String name) {
        String bytes = request.getHeaders().get(name);
        if (bytes == null) {
            return null;
        }
        try {
            // The HTTP library makes a character of each byte.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw HttpErrors.badRequest("the header " + name + " is not UTF-8");
        }
    }

    /** Adds a header to the answer. */
    void header(String name, String value) {
        response.getHeaders().put(name, value);
    }

    /** Adds a header to the answer. */
    void header(HttpHeader name, String value) {
        response.getHeaders().put(name, value);
    }

    /**
     * The parameters after the question mark.
     *
     * @param known those that the route reads, each once at most; one that is spelled almost like one of them is refused
     */
    Fields query(String... known) {
        return query(List.of(known), Set.of());
    }

    /** The parameters after the question mark, of which some may be there several times. */
    Fields query(List<String> once, Set<String> repeated) {
        Fields query;
        try {
            query = Request.extractQueryParameters(request);
        } catch (RuntimeException e) {
            throw HttpErrors.wrongQuery("it is not encoded as it must be");
        }
        ObjectNode given = WireJson.object();
        query.forEach(field -> given.put(field.getName(), field.getValue()));
        Set<String> known = new HashSet<>(once);
        known.addAll(repeated);
        try {
            KnownFields.checkSpelling(given, known);
        } catch (WireFault e) {
            throw HttpErrors.ofQuery(e);
        }
        for (String name : once) {
            if (query.getValuesOrEmpty(name).size() > 1) {
                throw HttpErrors.wrongQuery(name + ": must be there once at most");
            }
        }
        return query;
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

    /** Reads the body, which has the form of a method's parameters. */
    void params(String method, Consumer<Params> next) {
        body(body -> {
            KnownFields.checkSpelling(method, body);
            next.accept(Params.of(body));
        });
    }

    /** Reads the body as it comes, whatever it is, and goes on with it. */
    void raw(int limit, Consumer<byte[]> next) {
        BodyReader.readRaw(site.bodies().withLimit(limit), request, reply, next);
    }

    /** Does what may wait, on a thread of the calls; what it throws is the answer. */
    void work(Work work) {
        takePlace();
        site.shared().workers().execute(() -> {
            try {
                work.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                fail(e);
            } catch (RuntimeException | Error e) {
                fail(e);
            }
        });
    }

    /** What may wait. */
    interface Work {
        void run() throws InterruptedException;
    }

    /** Answers with a text of a type. */
    void reply(int status, String type, String text) {
        reply.send(status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Starts what may wait and goes on with its result. */
    <T> void run(Operations.Work<T> work, Consumer<T> next) {
        call(() -> operations().start(work), next);
    }

    /** Starts what may read much and answers with it. */
    void page(Operations.Work<ObjectNode> work) {
        answer(() -> operations().startReading(work));
    }

    /** Starts a call and answers with its result. */
    void answer(Supplier<PendingCall<ObjectNode>> start) {
        call(start, result -> reply(200, result));
    }

    /** Starts a call and goes on with its result. */
    <T> void call(Supplier<PendingCall<T>> start, Consumer<T> next) {
        RequestIds.Running cancellable = running;
        if (cancellable != null && cancellable.isCancelled()) {
            throw HttpErrors.of(ErrorCode.REQUEST_CANCELLED, "request cancelled before start");
        }
        takePlace();
        PendingCall<T> pending;
        TraceContext.Scope scope = TraceContext.enter(trace());
        try {
            pending = start.get();
        } finally {
            scope.close();
        }
        if (cancellable != null) {
            cancellable.started(pending);
        }
        CompletableFuture<?> unused = pending.answer().whenComplete((answer, problem) -> {
            try {
                if (problem != null) {
                    fail(problem);
                } else {
                    next.accept(answer.result());
                }
            } catch (RuntimeException | Error e) {
                fail(e);
            }
        });
    }

    private @Nullable TraceContext trace() {
        String state = String.join(",", request.getHeaders().getValuesList("tracestate"));
        return TraceContext.parse(request.getHeaders().get("traceparent"), state)
                .orElse(null);
    }

    Calls calls() {
        return site.shared().calls();
    }

    Operations operations() {
        return calls().operations();
    }

    WirePages pages() {
        return calls().pages();
    }

    ContractLine line() {
        return calls().line();
    }

    /** Bounds the requests that wait for calls, until they are answered. */
    private synchronized void takePlace() {
        if (placed || over) {
            return;
        }
        if (!site.calls().tryAcquire()) {
            throw HttpErrors.busy("as many calls wait for their answers as this server's limit allows (pending_calls)");
        }
        placed = true;
    }

    private synchronized void givePlace() {
        over = true;
        if (placed) {
            placed = false;
            site.calls().release();
        }
    }

    /** Answers with JSON, which is counted until it is read. What was only asked is refused if there is no room for it. */
    void reply(int status, JsonNode body) {
        byte[] bytes = WireJson.write(body);
        SendMemory.Share memory = site.shared().memory().share(this::drop);
        if (memory.take(bytes) == null && request.getMethod().equals("GET")) {
            memory.end();
            throw HttpErrors.busy("too many large answers wait to be read");
        }
        reply.send(status, HttpReply.JSON, bytes, memory::end);
    }

    /** The server needs the memory, and this client has been slower than all others. */
    private void drop() {
        LOG.debug("a client is disconnected: it is the slowest, and too much waits for clients");
        request.getConnectionMetaData().getConnection().getEndPoint().close();
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
    SseStream.@Nullable Wire stream() {
        if (!reply.end()) {
            return null;
        }
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
        // Seconds of silence are counted by the stream itself.
        request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(0);
        return new SseStream.Wire(response, callback);
    }

    private void ended() {
        givePlace();
        String id = requestId;
        if (id != null) {
            site.requests().end(id);
        }
    }
}
