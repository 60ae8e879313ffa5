package dev.meerkat.client.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.internal.calls.EventLog;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.calls.PendingTurn;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.calls.ServerFacts;
import dev.meerkat.client.internal.wire.AnsweredFaults;
import dev.meerkat.client.internal.wire.Answers;
import dev.meerkat.client.internal.wire.Created;
import dev.meerkat.client.internal.wire.Dialect;
import dev.meerkat.client.internal.wire.Fault;
import dev.meerkat.client.internal.wire.SessionRow;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.Node;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** The operations of a server, over REST and server-sent events. */
public final class RestCalls implements ServerCalls {
    private static final String SESSIONS = "sessions";
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final Asks asks;
    private final RestHttp http;
    private final Dialect dialect;
    private final ServerFacts facts;

    private RestCalls(RestSettings settings, Asks asks, RestHttp http) throws InterruptedException {
        this.asks = asks;
        this.http = http;
        RestHandshake handshake =
                RestHandshake.with(asks, http, settings.timeouts().connect());
        this.dialect = handshake.dialect();
        this.facts = handshake.facts();
    }

    /**
     * Asks the server for its contract line.
     *
     * @param requestIds makes ids that no other request has
     */
    public static RestCalls connect(RestSettings settings, Supplier<String> requestIds) throws InterruptedException {
        Asks asks = new Asks(settings, requestIds);
        RestHttp http = new RestHttp(settings, asks);
        boolean connected = false;
        try {
            RestCalls calls = new RestCalls(settings, asks, http);
            connected = true;
            return calls;
        } finally {
            if (!connected) {
                http.close();
            }
        }
    }

    @Override
    public ServerFacts facts() {
        return facts;
    }

    @Override
    public Created create(SessionSpec spec) throws InterruptedException {
        if (spec.deferredStart()) {
            throw new NotSupportedException("a session cannot be created without its first turn over REST");
        }
        HttpAsk ask = asks.turn("create session", asks.route(SESSIONS), dialect.create(spec));
        HttpAnswer answer = http.call(ask);
        if (!answer.ok()) {
            Fault fault = answer.fault();
            return AnsweredFaults.createdDespite(fault).orElseThrow(() -> AnsweredFaults.typed(fault, null));
        }
        return RestHttp.understood(ask, answer, json -> Answers.created(json, false));
    }

    @Override
    public PendingTurn turn(SessionId session, InputBody.Prompt prompt) {
        HttpAsk ask = asks.turn("run turn", route(session, "messages"), dialect.restTurn(session, prompt));
        return new RestTurn(http, asks, ask, http.start(ask), answer -> outcome(ask, session, answer));
    }

    private TurnOutcome outcome(HttpAsk ask, SessionId session, HttpAnswer answer) {
        if (!answer.ok()) {
            Fault fault = answer.fault();
            return AnsweredFaults.ofTurn(fault).orElseThrow(() -> AnsweredFaults.typed(fault, session));
        }
        return RestHttp.understood(ask, answer, Answers::completed);
    }

    @Override
    public boolean interrupt(SessionId session) throws InterruptedException {
        HttpAsk ask = asks.post("interrupt session", route(session, "interrupt"));
        return http.call(ask, session, json -> flag(json, "interrupted"));
    }

    @Override
    public boolean stop(SessionId session, TurnId turn) throws InterruptedException {
        if (!dialect.stopsTurns()) {
            throw new NotSupportedException(
                    "a server of the line " + dialect.version() + " cannot stop a turn by its id");
        }
        HttpAsk ask = asks.post("stop run", route(session, "runs", turn.toString(), "stop"), Dialect.stop());
        return http.call(ask, session, Answers::stopped);
    }

    @Override
    public boolean running(SessionId session) throws InterruptedException {
        // A session that is stored and not loaded may have no status, and runs nothing.
        return status(session).filter("running"::equals).isPresent();
    }

    /** The state; empty if the server says that it has none of that session, which is not any error. */
    private Optional<String> status(SessionId session) throws InterruptedException {
        HttpAsk ask = asks.get("read session", route(session, "status"));
        HttpAnswer answer = http.call(ask);
        if (answer.ok()) {
            return Optional.of(RestHttp.understood(ask, answer, Answers::state));
        }
        MeerkatException refused = RestHttp.refused(ask, answer, session);
        boolean none = answer.status() == NOT_FOUND || answer.status() == CONFLICT;
        if (none && refused instanceof NotDoneException) {
            return Optional.empty();
        }
        throw refused;
    }

    @Override
    public SessionRow read(SessionId session) throws InterruptedException {
        SessionRow row = row(session);
        return running(session) ? active(row) : row;
    }

    @Override
    public boolean archivedAndRead(SessionId session) throws InterruptedException {
        if (status(session).isPresent()) {
            return false;
        }
        try {
            // Without a status it is not loaded, so nothing runs that this could stop; but it has to be there.
            boolean unused = interrupt(session);
            return false;
        } catch (SessionNotFoundException | SessionArchivedException e) {
            return true;
        }
    }

    private SessionRow row(SessionId session) throws InterruptedException {
        return http.call(asks.get("read session", route(session)), session, Answers::session);
    }

    private static SessionRow active(SessionRow row) {
        return new SessionRow(
                row.id(),
                row.realm(),
                row.createdAt(),
                row.messageCount(),
                true,
                row.labels(),
                row.model(),
                row.lastAnswer(),
                row.parked());
    }

    @Override
    public List<SessionRow> list(int offset, int limit) throws InterruptedException {
        return http.call(
                asks.get("list sessions", paged(asks.route(SESSIONS), offset, limit)), null, Answers::sessions);
    }

    @Override
    public HistoryPage history(SessionId session, long offset, int limit, String self) throws InterruptedException {
        HttpAsk ask = asks.get("read history", paged(route(session, "history"), offset, limit));
        return http.call(ask, session, json -> Answers.history(json, self));
    }

    private static HttpUrl.Builder paged(HttpUrl.Builder route, long offset, int limit) {
        return route.addQueryParameter("offset", Long.toString(offset))
                .addQueryParameter("limit", Integer.toString(limit));
    }

    @Override
    public void archive(SessionId session) throws InterruptedException {
        HttpAsk ask = asks.delete("archive session", route(session));
        http.call(ask, session, json -> flag(json, "archived"));
    }

    @Override
    public <R extends Receipt> R send(SessionId session, CommsCommand<R> command, @Nullable PeerId to)
            throws InterruptedException {
        HttpAsk ask = asks.post("send", asks.route("comms", "send"), dialect.command(session, command, to));
        HttpAnswer answer = http.call(ask);
        if (!answer.ok()) {
            throw AnsweredFaults.ofSend(answer.fault(), session, command);
        }
        return RestHttp.understood(ask, answer, json -> Answers.receipt(command, json));
    }

    @Override
    public List<Peer> peers(SessionId session) throws InterruptedException {
        HttpUrl.Builder route = asks.route("comms", "peers").addQueryParameter("session_id", session.toString());
        return http.call(asks.get("list peers", route), session, Answers::peers);
    }

    @Override
    public EventOutcome sendExternalEvent(SessionId session, ExternalEvent event) throws InterruptedException {
        ObjectNode body = dialect.externalEvent(event);
        HttpAsk ask = asks.event(
                "send external event",
                route(session, "external-events"),
                body,
                event.idempotencyKey().isPresent());
        HttpAnswer answer = http.call(ask);
        if (!answer.ok()) {
            Fault fault = answer.fault();
            return Answers.refusedEvent(fault, event).orElseThrow(() -> AnsweredFaults.typed(fault, session));
        }
        return RestHttp.understood(ask, answer, Answers::eventOutcome);
    }

    @Override
    public EventOutcome deliverPeerAnswer(SessionId session, PeerAnswer answer) throws InterruptedException {
        HttpAsk ask = asks.event(
                "answer for peer", route(session, "peer-response-terminal"), dialect.peerAnswer(answer), false);
        return http.call(ask, session, Answers::eventOutcome);
    }

    @Override
    public boolean injectContext(SessionId session, ContextNote note) throws InterruptedException {
        // Sent once even with a key: after a second one, the answer would be that of a duplicate.
        HttpAsk ask = asks.post("inject context", route(session, "system_context"), dialect.context(note));
        return http.call(ask, session, Answers::contextApplied);
    }

    @Override
    public Optional<InputStatus> inputStatus(SessionId session, InputId input) {
        throw new NotSupportedException("how far an input got cannot be asked over REST");
    }

    @Override
    public Optional<EventLog> log() {
        return facts.capabilities().has(Capability.EVENT_REPLAY)
                ? Optional.of(new RestLog(asks, http))
                : Optional.empty();
    }

    @Override
    public LiveFeed feed(SessionId session, FeedSink sink) throws InterruptedException {
        return RestFeed.open(http, asks.stream("open event stream", route(session, "events")), session, sink);
    }

    @Override
    public <T> T ask(
            ApiCall call, @Nullable SessionId session, ObjectNode params, boolean keyed, Function<Node, T> reader)
            throws InterruptedException {
        return http.call(asks.api(call, params, keyed), session, json -> Answers.api(json, reader));
    }

    @Override
    public <T> CompletableFuture<T> askLater(
            ApiCall call, SessionId session, ObjectNode params, Function<Node, T> reader) {
        HttpAsk ask = asks.api(call, params, false);
        return http.start(ask).answer().thenApply(answer -> {
            if (!answer.ok()) {
                throw RestHttp.refused(ask, answer, session);
            }
            return RestHttp.understood(ask, answer, json -> Answers.api(json, reader));
        });
    }

    @Override
    public LiveFeed feed(SessionId session, @Nullable Cursor after, FeedSink sink) throws InterruptedException {
        HttpUrl.Builder route = route(session, "events").addQueryParameter(ApiCall.EVENTS, "true");
        if (after != null) {
            route.addQueryParameter("after", after.toString());
        }
        return RestFeed.open(http, asks.stream("open event stream", route), session, sink);
    }

    @Override
    public List<String> health() throws InterruptedException {
        HttpAsk ask = asks.get("check health", asks.route("health"));
        HttpAnswer answer = http.call(ask);
        if (answer.ok() && answer.body().utf8().strip().equals("ok")) {
            return List.of();
        }
        List<String> problems = problems(answer);
        // It says more to those who may ask for more.
        List<String> details = problems(http.call(asks.get("check health", asks.route("runtime", "health"))));
        if (!details.isEmpty()) {
            return details;
        }
        if (!answer.ok() && problems.isEmpty()) {
            throw RestHttp.refused(ask, answer, null);
        }
        return problems;
    }

    private static List<String> problems(HttpAnswer answer) {
        try {
            return Answers.problems(answer.json());
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        http.close();
    }

    private HttpUrl.Builder route(SessionId session, String... more) {
        HttpUrl.Builder route = asks.route(SESSIONS, session.toString());
        for (String segment : more) {
            route.addPathSegment(segment);
        }
        return route;
    }

    private static boolean flag(JsonNode json, String name) {
        JsonNode flag = json.path(name);
        if (!flag.isBoolean()) {
            throw new UnknownOutcomeException("invalid_answer", name + " must be a boolean", null);
        }
        return flag.booleanValue();
    }
}
