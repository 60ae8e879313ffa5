package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.http.Bodies;
import dev.meerkat.server.internal.http.BodyReader;
import dev.meerkat.server.internal.http.Connections;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.server.internal.http.HttpGate;
import dev.meerkat.server.internal.http.HttpReply;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the library, which keeps a thread for each call and reads bodies with it: lets in only whole and readable
 * messages of those who may, and not too many at one time. Thread-safe.
 */
final class McpGate extends Handler.Wrapper {
    private static final Logger LOG = LoggerFactory.getLogger(McpGate.class);

    /** Those of streams are not read; the library refuses other methods of HTTP itself, but not in the form of all errors. */
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "DELETE");

    private final String path;
    private final HttpGate gate;
    private final Bodies bodies;
    private final Connections connections;
    private final McpSessions sessions;
    private final SendMemory memory;
    private final List<String> versions;
    private final Semaphore calls;
    private final Map<String, McpCall> running = new ConcurrentHashMap<>();

    McpGate(
            Handler library,
            String path,
            HttpGate gate,
            Bodies bodies,
            Connections connections,
            McpSessions sessions,
            SendMemory memory,
            List<String> versions,
            int calls) {
        super(library);
        this.path = path;
        this.gate = gate;
        this.bodies = bodies;
        this.connections = connections;
        this.sessions = sessions;
        this.memory = memory;
        this.versions = versions;
        this.calls = new Semaphore(calls);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Response paced = connections.begin(request, response);
        HttpReply reply = new HttpReply(paced, callback, () -> {});
        try {
            check(request, paced);
            if (WITHOUT_BODY.contains(request.getMethod())) {
                pass(request, sessions.watch(request, paced), callback, reply);
            } else if (request.getMethod().equals("POST")) {
                BodyReader.read(bodies, request, reply, body -> received(request, paced, callback, reply, body));
            } else {
                paced.getHeaders().put(HttpHeader.ALLOW, "POST, GET, DELETE");
                throw HttpErrors.of(ErrorCode.METHOD_NOT_ALLOWED, "only POST, GET and DELETE are allowed here");
            }
        } catch (RuntimeException | Error e) {
            reply.fail(e);
        }
        return true;
    }

    private void check(Request request, Response response) {
        if (connections.isClosing()) {
            throw HttpErrors.busy("the server is closing");
        }
        gate.check(request, response);
        if (request.getHttpURI().getPathQuery().length() > bodies.bounds().uriChars()) {
            throw HttpErrors.of(ErrorCode.URI_TOO_LONG, "the path and query are too long");
        }
        if (!path.equals(request.getHttpURI().getCanonicalPath())) {
            throw HttpErrors.notServed();
        }
        HttpGate.checkSingle(request.getHeaders());
        String version = request.getHeaders().get("MCP-Protocol-Version");
        if (version != null && !versions.contains(version)) {
            throw HttpErrors.badRequest("MCP-Protocol-Version must be one of " + String.join(", ", versions));
        }
    }

    private void received(Request request, Response response, Callback callback, HttpReply reply, byte[] body) {
        JsonNode message = message(body);
        String method = message.path("method").asText();
        boolean begins = method.equals("initialize");
        if (method.equals("notifications/cancelled")) {
            cancel(key(request, message.path("params").path("requestId")));
            reply.send(HttpStatus.ACCEPTED_202, HttpReply.JSON, new byte[0]);
            return;
        }
        Response watched = begins ? beginning(request, response) : sessions.watch(request, response);
        if (!calls.tryAcquire()) {
            throw HttpErrors.busy("as many calls wait for their answers as this server allows");
        }
        Request whole = new WholeRequest(request, body);
        if (!message.path("id").isMissingNode()) {
            whole.setAttribute(McpCall.KEY, running(request, key(request, message.path("id"))));
        }
        request.getComponents().getExecutor().execute(() -> {
            try {
                pass(whole, watched, callback, reply);
            } finally {
                calls.release();
            }
        });
    }

    /** The host may take it back with another request. */
    private McpCall running(Request request, String key) {
        SendMemory.Share share = memory.share(() -> drop(request));
        McpCall call = new McpCall(share);
        running.put(key, call);
        Request.addCompletionListener(request, failure -> {
            running.remove(key, call);
            share.end();
        });
        return call;
    }

    /** The server needs the memory, and this host has been slower than all other clients. */
    private static void drop(Request request) {
        LOG.debug("a host is disconnected: it is the slowest, and too much waits for clients");
        request.getConnectionMetaData().getConnection().getEndPoint().close();
    }

    private void cancel(String key) {
        McpCall call = running.get(key);
        if (call != null) {
            call.cancel();
        }
    }

    /** Ids of calls are unique within a session, of which nobody else knows the id. */
    private static String key(Request request, JsonNode id) {
        return request.getHeaders().get(McpSessions.ID) + "/" + id;
    }

    /** What the library would choke on is refused here. */
    private static JsonNode message(byte[] body) {
        try {
            JsonNode message = WireJson.read(body, 0, body.length);
            if (!message.isObject()) {
                throw HttpErrors.badRequest("a message is an object");
            }
            return message;
        } catch (IOException e) {
            throw HttpErrors.badRequest("the body is no JSON: " + WireJson.why(e));
        }
    }

    private Response beginning(Request request, Response response) {
        McpSessions.Place place = sessions.reserve();
        if (place == null) {
            throw HttpErrors.busy("as many sessions of MCP are open as this server allows");
        }
        return place.watch(request, response);
    }

    @SuppressWarnings("Interruption") // as Jetty does itself
    private void pass(Request request, Response response, Callback callback, HttpReply reply) {
        try {
            if (!super.handle(request, response, callback)) {
                reply.fail(HttpErrors.notServed());
            }
        } catch (Exception | Error e) {
            reply.fail(e);
        }
    }
}
