package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.http.Bodies;
import dev.meerkat.server.internal.http.BodyReader;
import dev.meerkat.server.internal.http.Connections;
import dev.meerkat.server.internal.http.Gate;
import dev.meerkat.server.internal.http.Refusals;
import dev.meerkat.server.internal.http.Reply;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Stands before the library, which keeps a thread for each call and reads bodies with it: lets in only whole and readable
 * messages of those who may, and not too many at one time. Thread-safe.
 */
final class McpGate extends Handler.Wrapper {
    /** Those of streams are not read; the library refuses other methods of HTTP itself, but not in the form of all errors. */
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "DELETE");

    private final String path;
    private final Gate gate;
    private final Bodies bodies;
    private final Connections connections;
    private final McpSessions sessions;
    private final Semaphore calls;

    McpGate(
            Handler library,
            String path,
            Gate gate,
            Bodies bodies,
            Connections connections,
            McpSessions sessions,
            int calls) {
        super(library);
        this.path = path;
        this.gate = gate;
        this.bodies = bodies;
        this.connections = connections;
        this.sessions = sessions;
        this.calls = new Semaphore(calls);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Response paced = connections.begin(request, response);
        Reply reply = new Reply(paced, callback, () -> {});
        try {
            check(request, paced);
            if (WITHOUT_BODY.contains(request.getMethod())) {
                pass(request, sessions.watch(request, paced), callback, reply);
            } else if (request.getMethod().equals("POST")) {
                BodyReader.read(bodies, request, reply, body -> received(request, paced, callback, reply, body));
            } else {
                paced.getHeaders().put(HttpHeader.ALLOW, "POST, GET, DELETE");
                throw Refusals.of(405, "METHOD_NOT_ALLOWED", "only POST, GET and DELETE are allowed here");
            }
        } catch (RuntimeException e) {
            reply.fail(e);
        }
        return true;
    }

    private void check(Request request, Response response) {
        if (connections.isClosing()) {
            throw Refusals.busy("the server is closing");
        }
        gate.check(request, response);
        if (request.getHttpURI().getPathQuery().length() > bodies.bounds().uriChars()) {
            throw Refusals.of(414, "URI_TOO_LONG", "the path and query are too long");
        }
        if (!path.equals(request.getHttpURI().getCanonicalPath())) {
            throw Refusals.notFound("no such path");
        }
    }

    private void received(Request request, Response response, Callback callback, Reply reply, byte[] body) {
        boolean begins = message(body).path("method").asText().equals("initialize");
        Response watched = begins ? beginning(request, response) : sessions.watch(request, response);
        if (!calls.tryAcquire()) {
            throw Refusals.busy("as many calls wait for their answers as this server allows");
        }
        Request whole = new WholeRequest(request, body);
        request.getComponents().getExecutor().execute(() -> {
            try {
                pass(whole, watched, callback, reply);
            } finally {
                calls.release();
            }
        });
    }

    /** What the library would choke on is refused here. */
    private static JsonNode message(byte[] body) {
        try {
            JsonNode message = WireJson.read(body, 0, body.length);
            if (!message.isObject()) {
                throw Refusals.badRequest("a message is an object");
            }
            return message;
        } catch (JsonProcessingException e) {
            throw Refusals.badRequest("the body is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw Refusals.badRequest("the body is no JSON");
        }
    }

    private Response beginning(Request request, Response response) {
        McpSessions.Place place = sessions.reserve();
        if (place == null) {
            throw Refusals.busy("as many sessions of MCP are open as this server allows");
        }
        return place.watch(request, response);
    }

    @SuppressWarnings("Interruption") // as Jetty does itself
    private void pass(Request request, Response response, Callback callback, Reply reply) {
        try {
            if (!super.handle(request, response, callback)) {
                reply.fail(Refusals.notFound("no such path"));
            }
        } catch (Exception e) {
            reply.fail(e);
        }
    }
}
