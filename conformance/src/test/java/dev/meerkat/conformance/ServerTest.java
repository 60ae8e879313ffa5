package dev.meerkat.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.EventStream;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.client.CallbackTool;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** One home and, but for clients that start their own, one server for all tests of a class; clients per test. */
@ExtendWith(ConformanceReport.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerTest implements OfServer {
    /** The guard against hanging; the servers are debug builds. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration LOOK = Duration.ofMillis(500);

    @Parameter
    Reached reached;

    private final List<RemoteMeerkat> clients = new ArrayList<>();
    private @Nullable ServerHome home;
    private @Nullable RealServer server;
    private int names;

    @Override
    public final Reached reached() {
        return reached;
    }

    /** Where the server lives. */
    ServerHome newHome() throws IOException {
        return ServerHome.create();
    }

    @BeforeParameterizedClassInvocation
    final void startServer(Reached reached) throws IOException, InterruptedException {
        home = newHome();
        switch (reached.access()) {
            case TCP -> server = RealServer.tcp(reached.server(), home);
            case REST -> server = RealServer.rest(reached.server(), home);
            case STDIO -> server = null;
        }
    }

    @AfterEach
    final void closeClients() {
        clients.forEach(RemoteMeerkat::close);
        clients.clear();
    }

    @AfterParameterizedClassInvocation
    final void stopServer() {
        if (server != null) {
            server.close();
        }
        if (home != null) {
            home.close();
        }
    }

    final ServerHome home() {
        assertThat(home).isNotNull();
        return home;
    }

    final RealServer server() {
        assertThat(server).isNotNull();
        return server;
    }

    /** A new client of the server, closed after the test. */
    final RemoteMeerkat client(CallbackTool... tools) throws InterruptedException {
        RemoteMeerkat client = switch (reached.access()) {
            case STDIO ->
                MeerkatClient.stdio(home().launcher(reached.server()))
                        .tools(List.of(tools))
                        .open();
            case TCP ->
                MeerkatClient.tcp("127.0.0.1", server().port())
                        .tools(List.of(tools))
                        .open();
            case REST ->
                MeerkatClient.rest(server().uri())
                        .webhookSecret(ServerHome.WEBHOOK_SECRET)
                        .open();
        };
        clients.add(client);
        Tally.RUN.declared(reached, client.capabilities());
        return client;
    }

    /** A name that no other test has. */
    final String name() {
        return "agent-" + getClass().getSimpleName().toLowerCase(Locale.ROOT) + "-" + ++names;
    }

    /** A session whose first turn has ended. */
    static Session idle(RemoteMeerkat client, SessionSpec spec) throws InterruptedException {
        Session session = client.create(spec);
        completed(session.initialTurn().orElseThrow());
        return session;
    }

    static TurnOutcome ended(Turn turn) throws InterruptedException {
        return turn.await(PATIENCE).orElseThrow(() -> new AssertionError("the turn has not ended"));
    }

    static TurnOutcome.Completed completed(Turn turn) throws InterruptedException {
        TurnOutcome outcome = ended(turn);
        assertThat(outcome).isInstanceOf(TurnOutcome.Completed.class);
        return (TurnOutcome.Completed) outcome;
    }

    static List<TranscriptEntry> transcript(Session session) throws InterruptedException {
        return session.history(0, Limits.PAGE_ROWS).entries();
    }

    /** The transcript, as soon as it has so many answers of the agent; it may follow the events. */
    static List<TranscriptEntry> answered(Session session, int answers, EventStream events)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (answers(transcript(session)) < answers) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no more answers than in " + texts(transcript(session)));
            }
            Optional<SessionEvent> unused = events.next(LOOK);
        }
        return transcript(session);
    }

    /** What a reader of the transcript sees, entry by entry. */
    static List<String> texts(List<TranscriptEntry> transcript) {
        return transcript.stream().map(ServerTest::text).toList();
    }

    private static String text(TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.Input input) {
            InputBody body = input.input().body();
            return body instanceof InputBody.External external
                    ? external.event().eventType() + " " + external.event().payload()
                    : body.toString();
        }
        return entry.toString();
    }

    static long answers(List<TranscriptEntry> transcript) {
        return transcript.stream()
                .filter(TranscriptEntry.Answer.class::isInstance)
                .count();
    }

    /** The next event of a type. */
    static <E extends SessionEvent> E next(EventStream events, Class<E> type) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Optional<SessionEvent> event = events.next(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            if (event.isEmpty()) {
                throw new AssertionError("no " + type.getSimpleName() + " came");
            } else if (type.isInstance(event.get())) {
                return type.cast(event.get());
            }
        }
    }
}
