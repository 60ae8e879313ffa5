package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The operations of one server over JSON-RPC. */
public final class RpcCalls implements ServerCalls {
    private static final String STOP = "turn/stop_run";

    private final RpcSetup setup;
    private final ClientThreads threads;
    private final Link link;
    private final Asker asker;

    private RpcCalls(Supplier<LineChannel> channels, boolean renewable, RpcSetup setup) {
        this.setup = setup;
        this.threads = new ClientThreads();
        this.link = new Link(channels, renewable, setup, threads);
        this.asker = new Asker(link, setup.timeouts());
    }

    /**
     * Connects over TCP; a connection that is lost is made anew when it is needed.
     *
     * @throws dev.meerkat.client.ServerUnreachableException if there is no server
     * @throws dev.meerkat.client.ContractMismatchException if its contract line is not known
     */
    public static ServerCalls tcp(String host, int port, RpcSetup setup) throws InterruptedException {
        return new RpcCalls(() -> new TcpChannel(host, port), true, setup).connected();
    }

    /**
     * Starts a child process and connects to it.
     *
     * @throws dev.meerkat.client.ServerUnreachableException if it cannot be started or ends
     * @throws dev.meerkat.client.ContractMismatchException if its contract line is not known
     */
    public static ServerCalls stdio(ChildCommand command, RpcSetup setup) throws InterruptedException {
        int stderrBytes = setup.limits().stderrBytes();
        return new RpcCalls(() -> new ChildChannel(command, stderrBytes), false, setup).connected();
    }

    private RpcCalls connected() throws InterruptedException {
        boolean connected = false;
        try {
            Link.Established unused = link.get();
            connected = true;
            return this;
        } finally {
            if (!connected) {
                close();
            }
        }
    }

    @Override
    public ServerFacts facts() {
        return link.hello().facts();
    }

    @Override
    public Created create(SessionSpec spec) throws InterruptedException {
        boolean early = spec.keepAlive() && spec.startsTurn();
        return asker.ask(
                RpcAsk.changing("session/create", dialect -> dialect.rpcCreate(spec))
                        .withTurn(spec.startsTurn()),
                result -> Answers.created(result, early),
                failed(null));
    }

    @Override
    public PendingTurn turn(SessionId session, InputBody.Prompt prompt) throws InterruptedException {
        Link.Established at = link.get();
        OpenCall call = Asker.send(at, RpcAsk.changing("turn/start", dialect -> dialect.turn(session, prompt)));
        return RpcTurn.of(at.connection(), call, session, setup.timeouts().turn(), threads.work());
    }

    @Override
    public boolean interrupt(SessionId session) throws InterruptedException {
        return asker.ask(
                RpcAsk.changing("turn/interrupt", dialect -> of(session)),
                result -> result.path("interrupted").asBoolean(false),
                failed(session));
    }

    @Override
    public boolean stop(SessionId session, TurnId turn) throws InterruptedException {
        if (!link.hello().methods().contains(STOP)) {
            throw new NotSupportedException("the server has no " + STOP + ": a turn cannot be stopped by its id");
        }
        return asker.ask(
                RpcAsk.changing(STOP, dialect -> with(session, Dialect.stop().put("run_id", turn.toString()))),
                Answers::stopped,
                failed(session));
    }

    @Override
    public boolean running(SessionId session) throws InterruptedException {
        // On the line 0.6, a session is not read before its turn has ended.
        return !facts().contract().line().readsActivity() || read(session).active();
    }

    @Override
    public SessionRow read(SessionId session) throws InterruptedException {
        return asker.ask(RpcAsk.reading("session/read", of(session)), Answers::session, failed(session));
    }

    @Override
    public boolean archivedAndRead(SessionId session) throws InterruptedException {
        try {
            List<Peer> unused = peers(session);
            return false;
        } catch (SessionArchivedException e) {
            // Only calls on comms tell.
            return true;
        } catch (NotDoneException e) {
            return false;
        }
    }

    @Override
    public List<SessionRow> list(int offset, int limit) throws InterruptedException {
        ObjectNode params = JsonNodeFactory.instance.objectNode();
        params.put("offset", offset).put("limit", limit);
        return asker.ask(RpcAsk.reading("session/list", params), Answers::sessions, failed(null));
    }

    @Override
    public HistoryPage history(SessionId session, long offset, int limit, String self) throws InterruptedException {
        ObjectNode params = of(session).put("offset", offset).put("limit", limit);
        return asker.ask(
                RpcAsk.reading("session/history", params), result -> Answers.history(result, self), failed(session));
    }

    @Override
    public void archive(SessionId session) throws InterruptedException {
        boolean unused =
                asker.ask(RpcAsk.changing("session/archive", dialect -> of(session)), result -> true, failed(session));
    }

    @Override
    public <R extends Receipt> R send(SessionId session, CommsCommand<R> command, @Nullable PeerId to)
            throws InterruptedException {
        return asker.ask(
                RpcAsk.changing("comms/send", dialect -> dialect.command(session, command, to)),
                result -> Answers.receipt(command, result),
                fault -> {
                    throw AnsweredFaults.ofSend(fault, session, command);
                });
    }

    @Override
    public List<Peer> peers(SessionId session) throws InterruptedException {
        return asker.ask(RpcAsk.reading("comms/peers", of(session)), Answers::peers, failed(session));
    }

    @Override
    public EventOutcome sendExternalEvent(SessionId session, ExternalEvent event) throws InterruptedException {
        boolean keyed =
                event.idempotencyKey().isPresent() && facts().capabilities().has(Capability.EVENT_DEDUPE);
        return asker.ask(
                RpcAsk.changing("session/external_event", dialect -> with(session, dialect.externalEvent(event)))
                        .withKey(keyed),
                Answers::eventOutcome,
                fault -> Answers.refusedEvent(fault, event).orElseThrow(() -> AnsweredFaults.typed(fault, session)));
    }

    @Override
    public EventOutcome deliverPeerAnswer(SessionId session, PeerAnswer answer) throws InterruptedException {
        return asker.ask(
                RpcAsk.changing("session/peer_response_terminal", dialect -> with(session, dialect.peerAnswer(answer))),
                Answers::eventOutcome,
                failed(session));
    }

    @Override
    public boolean injectContext(SessionId session, ContextNote note) throws InterruptedException {
        return asker.ask(
                RpcAsk.changing("session/inject_context", dialect -> with(session, dialect.context(note))),
                Answers::contextApplied,
                failed(session));
    }

    @Override
    public Optional<InputStatus> inputStatus(SessionId session, InputId input) throws InterruptedException {
        ObjectNode params = of(session);
        params.putObject("selector").put("by", "input_id").put("value", input.toString());
        return asker.ask(RpcAsk.reading("session/input_status", params), Answers::inputStatus, failed(session));
    }

    @Override
    public Optional<EventLog> log() {
        Hello hello = link.hello();
        boolean there = hello.replay()
                && hello.methods().contains(RpcLog.LATEST)
                && hello.methods().contains(RpcLog.SINCE);
        return there ? Optional.of(new RpcLog(asker)) : Optional.empty();
    }

    @Override
    public LiveFeed feed(SessionId session, FeedSink sink) throws InterruptedException {
        return new FeedOpener(link, asker).open(session, of(session), sink);
    }

    @Override
    public <T> T ask(
            ApiCall call, @Nullable SessionId session, ObjectNode params, boolean keyed, Function<Node, T> reader)
            throws InterruptedException {
        RpcAsk ask = call.changes()
                ? RpcAsk.changing(call.method(), dialect -> params).withKey(keyed)
                : RpcAsk.reading(call.method(), params);
        return asker.ask(ask, result -> Answers.api(result, reader), failed(session));
    }

    @Override
    public <T> CompletableFuture<T> askLater(
            ApiCall call, SessionId session, ObjectNode params, Function<Node, T> reader) throws InterruptedException {
        Link.Established at = link.get();
        OpenCall open = Asker.send(at, RpcAsk.reading(call.method(), params));
        Duration timeout = setup.timeouts().call();
        return RpcTurn.later(at.connection(), open, timeout, threads.work(), answer -> {
            if (answer instanceof RpcAnswer.Lost lost) {
                throw lost.of(false, call.method());
            }
            return answer instanceof RpcAnswer.Result result
                    ? Answers.api(result.value(), reader)
                    : RpcCalls.<T>failed(session).apply(((RpcAnswer.Refused) answer).fault());
        });
    }

    @Override
    public LiveFeed feed(SessionId session, @Nullable Cursor after, FeedSink sink) throws InterruptedException {
        ObjectNode params = of(session).put(ApiCall.EVENTS, true);
        if (after != null) {
            params.put("after_sequence", after.sequence());
        }
        return new FeedOpener(link, asker).open(session, params, sink);
    }

    @Override
    public List<String> health() throws InterruptedException {
        String method = link.hello().methods().contains("runtime/health") ? "runtime/health" : "capabilities/get";
        return asker.ask(
                RpcAsk.reading(method, JsonNodeFactory.instance.objectNode()), Answers::problems, failed(null));
    }

    private static ObjectNode of(SessionId session) {
        return with(session, JsonNodeFactory.instance.objectNode());
    }

    private static ObjectNode with(SessionId session, ObjectNode params) {
        return params.put("session_id", session.toString());
    }

    static <T> Function<Fault, T> failed(@Nullable SessionId session) {
        return fault -> {
            throw AnsweredFaults.typed(fault, session);
        };
    }

    @Override
    public void close() {
        link.close();
        threads.close();
    }
}
