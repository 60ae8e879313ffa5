package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.http.Bodies;
import dev.meerkat.server.internal.http.BodyReader;
import dev.meerkat.server.internal.http.Connections;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.server.internal.http.HttpGate;
import dev.meerkat.server.internal.http.HttpReply;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.rpc.Message;
import dev.meerkat.server.internal.rpc.MessageReader;
import dev.meerkat.server.internal.rpc.RpcErrors;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * MCP over streamable HTTP. A call is answered with JSON, or with a stream if its host is told something before the answer.
 * Waits for nothing, so that it needs no thread. Thread-safe.
 */
final class McpHandler extends Handler.Abstract.NonBlocking {
    private static final String SESSION_ID = "Mcp-Session-Id";
    private static final String STREAM = "text/event-stream";

    private final McpProtocol protocol;
    private final String path;
    private final HttpGate gate;
    private final Bodies bodies;
    private final Connections connections;
    private final McpSessions sessions;
    private final ServerContext context;
    private final Semaphore calls;
    private final Set<HttpCall.Stream> listening = ConcurrentHashMap.newKeySet();

    McpHandler(
            McpProtocol protocol,
            String path,
            HttpGate gate,
            Bodies bodies,
            Connections connections,
            McpSessions sessions,
            ServerContext context) {
        this.protocol = protocol;
        this.path = path;
        this.gate = gate;
        this.bodies = bodies;
        this.connections = connections;
        this.sessions = sessions;
        this.context = context;
        this.calls = new Semaphore(context.limits().pendingCalls());
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Response paced = connections.begin(request, response);
        HttpReply reply = new HttpReply(paced, callback, () -> {});
        try {
            check(request, paced);
            switch (request.getMethod()) {
                case "GET" -> listen(request, paced, callback, reply);
                case "DELETE" -> end(request, reply);
                case "POST" ->
                    BodyReader.read(bodies, request, reply, body -> received(request, paced, callback, reply, body));
                default -> {
                    paced.getHeaders().put(HttpHeader.ALLOW, "POST, GET, DELETE");
                    throw HttpErrors.of(ErrorCode.METHOD_NOT_ALLOWED, "only POST, GET and DELETE are allowed here");
                }
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
        List<String> versions = McpProtocol.httpVersions();
        if (version != null && !versions.contains(version)) {
            throw HttpErrors.badRequest("MCP-Protocol-Version must be one of " + String.join(", ", versions));
        }
    }

    /** Refuses hosts that could not read the answer. */
    private static void checkAccepts(Request request, String... types) {
        String accepted = String.join(",", request.getHeaders().getValuesList(HttpHeader.ACCEPT));
        for (String type : types) {
            if (!accepted.contains(type)) {
                throw HttpErrors.badRequest("the header Accept must have " + String.join(" and ", types));
            }
        }
    }

    private McpSession session(Request request) {
        String id = request.getHeaders().get(SESSION_ID);
        if (id == null) {
            throw HttpErrors.badRequest("the header " + SESSION_ID + " is missing");
        }
        McpSession session = sessions.find(id, request);
        if (session == null) {
            throw HttpErrors.notFound("session not found");
        }
        return session;
    }

    /** Nothing is told but beside a call, so a host that listens hears only that the connection is alive. */
    private void listen(Request request, Response response, Callback callback, HttpReply reply) {
        checkAccepts(request, STREAM);
        McpSession unused = session(request);
        if (reply.end()) {
            HttpCall.Stream stream = begin(request, response, callback);
            listening.add(stream);
            Request.addCompletionListener(request, failure -> listening.remove(stream));
            stream.sayAlive();
        }
    }

    private HttpCall.Stream begin(Request request, Response response, Callback callback) {
        // Seconds of silence are counted by the stream itself.
        request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(0);
        return HttpCall.Stream.begin(
                response, callback, bodies.ticker(), bodies.bounds().heartbeatSeconds());
    }

    private void end(Request request, HttpReply reply) {
        McpSession unused = session(request);
        sessions.end(request.getHeaders().get(SESSION_ID));
        reply.send(HttpStatus.OK_200, HttpReply.JSON, new byte[0]);
    }

    private void received(Request request, Response response, Callback callback, HttpReply reply, byte[] body) {
        Message message = message(body);
        if (message instanceof Message.Bad bad) {
            throw HttpErrors.badRequest(bad.fault().message());
        }
        checkAccepts(request, HttpReply.JSON, STREAM);
        if (message instanceof Message.Request called) {
            boolean begins = called.method().equals(McpProtocol.INITIALIZE);
            McpSession session = begins ? new McpSession() : session(request);
            call(request, response, callback, reply, session, called);
            return;
        }
        McpSession session = session(request);
        if (message instanceof Message.Notification told && told.method().equals(McpProtocol.CANCELLED)) {
            session.cancel(told);
        }
        reply.send(HttpStatus.ACCEPTED_202, HttpReply.JSON, new byte[0]);
    }

    private Message message(byte[] body) {
        try {
            if (WireJson.read(body, 0, body.length) instanceof ObjectNode message) {
                return new MessageReader(context.calls().line()).read(message);
            }
            throw HttpErrors.badRequest("a message is an object");
        } catch (IOException e) {
            throw HttpErrors.badRequest("the body is no JSON: " + WireJson.why(e));
        }
    }

    private void call(
            Request request,
            Response response,
            Callback callback,
            HttpReply reply,
            McpSession session,
            Message.Request called) {
        if (!calls.tryAcquire()) {
            throw HttpErrors.busy("as many calls wait for their answers as this server allows");
        }
        HttpCall answer = new HttpCall(request, reply, context.memory(), () -> begin(request, response, callback));
        HostCall call = new HostCall(
                data -> session.hearsEvents() ? answer.tell(data) : CompletableFuture.completedFuture(null));
        boolean added = session.add(called.id(), call);
        CompletionStage<ObjectNode> result = added
                ? protocol.start(session, called, call)
                : CompletableFuture.failedFuture(RpcErrors.alreadyAdmitted());
        result.whenComplete((value, failure) -> {
            calls.release();
            if (added) {
                session.remove(called.id());
            }
            if (failure == null && called.method().equals(McpProtocol.INITIALIZE)) {
                begun(response, reply, answer, called, value);
            } else {
                answer.answer(called.id(), value, failure);
            }
        });
    }

    private void begun(Response response, HttpReply reply, HttpCall answer, Message.Request called, ObjectNode hello) {
        String id = sessions.begin();
        if (id == null) {
            reply.fail(HttpErrors.busy("as many sessions of MCP are open as this server allows"));
        } else {
            response.getHeaders().put(SESSION_ID, id);
            answer.answer(called.id(), hello, null);
        }
    }

    /** Ends what hosts listen to. */
    void close() {
        listening.forEach(stream -> stream.end(new byte[0]));
    }
}
