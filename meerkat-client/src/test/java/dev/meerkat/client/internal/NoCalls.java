package dev.meerkat.client.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.internal.calls.EventLog;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.calls.PendingTurn;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.calls.ServerFacts;
import dev.meerkat.client.internal.wire.Created;
import dev.meerkat.client.internal.wire.SessionRow;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.Node;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A server's calls of which a test answers those that it is about; any other one fails the test. */
class NoCalls implements ServerCalls {
    static final SessionId SESSION = SessionId.of("01900000-0000-7000-8000-000000000001");

    RemoteContext context() {
        return context(ClientLimits.defaults());
    }

    RemoteContext context(ClientLimits limits) {
        ClientTimeouts timeouts = ClientTimeouts.defaults().withConnect(Duration.ofMillis(50));
        return new RemoteContext(
                this, timeouts, limits, false, System::nanoTime, new SplittableRandom(1), new Closing());
    }

    private static AssertionError unexpected() {
        return new AssertionError("not to be called here");
    }

    @Override
    public ServerFacts facts() {
        throw unexpected();
    }

    @Override
    public Created create(SessionSpec spec) {
        throw unexpected();
    }

    @Override
    public PendingTurn turn(SessionId session, InputBody.Prompt prompt) {
        throw unexpected();
    }

    @Override
    public boolean interrupt(SessionId session) {
        throw unexpected();
    }

    @Override
    public boolean stop(SessionId session, TurnId turn) {
        throw unexpected();
    }

    @Override
    public boolean running(SessionId session) {
        throw unexpected();
    }

    @Override
    public SessionRow read(SessionId session) {
        throw unexpected();
    }

    @Override
    public boolean archivedAndRead(SessionId session) {
        throw unexpected();
    }

    @Override
    public List<SessionRow> list(int offset, int limit) {
        throw unexpected();
    }

    @Override
    public HistoryPage history(SessionId session, long offset, int limit, String self) {
        throw unexpected();
    }

    @Override
    public void archive(SessionId session) {
        throw unexpected();
    }

    @Override
    public <R extends Receipt> R send(SessionId session, CommsCommand<R> command, PeerId to) {
        throw unexpected();
    }

    @Override
    public List<Peer> peers(SessionId session) {
        throw unexpected();
    }

    @Override
    public EventOutcome sendExternalEvent(SessionId session, ExternalEvent event) {
        throw unexpected();
    }

    @Override
    public EventOutcome deliverPeerAnswer(SessionId session, PeerAnswer answer) {
        throw unexpected();
    }

    @Override
    public boolean injectContext(SessionId session, ContextNote note) {
        throw unexpected();
    }

    @Override
    public Optional<InputStatus> inputStatus(SessionId session, InputId input) {
        throw unexpected();
    }

    @Override
    public Optional<EventLog> log() {
        return Optional.empty();
    }

    @Override
    public LiveFeed feed(SessionId session, FeedSink sink) {
        throw unexpected();
    }

    @Override
    public LiveFeed feed(SessionId session, @Nullable Cursor after, FeedSink sink) {
        throw unexpected();
    }

    @Override
    public <T> T ask(
            ApiCall call, @Nullable SessionId session, ObjectNode params, boolean keyed, Function<Node, T> reader) {
        throw unexpected();
    }

    @Override
    public <T> CompletableFuture<T> askLater(
            ApiCall call, SessionId session, ObjectNode params, Function<Node, T> reader) {
        throw unexpected();
    }

    @Override
    public List<String> health() {
        throw unexpected();
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
