package dev.meerkat.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers one after another on one realm: what of a session is there again, also over another surface. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.meerkat.conformance.Reached#tcp")
@ExtendWith(ConformanceReport.class)
class RestartTest implements OfServer {
    private final Reached reached;
    private ServerHome home;

    RestartTest(Reached reached) {
        this.reached = reached;
    }

    @Override
    public Reached reached() {
        return reached;
    }

    @BeforeEach
    void openHome() {
        home = ServerHome.create();
    }

    @AfterEach
    void closeHome() {
        home.close();
    }

    private RealServer start() throws Exception {
        return RealServer.tcp(reached.server(), home);
    }

    /** With a key where the line has them. */
    private ExternalEvent event() {
        ExternalEvent event = ExternalEvent.genericJson("push", Json.EMPTY_OBJECT);
        return reached.isLine09() ? event.withIdempotencyKey("k1") : event;
    }

    private static RemoteMeerkat connect(RealServer server) throws InterruptedException {
        return MeerkatClient.tcp("127.0.0.1", server.port()).open();
    }

    private SessionId plainSession() throws Exception {
        try (RealServer server = start();
                RemoteMeerkat client = connect(server)) {
            Session session =
                    ServerTest.idle(client, SessionSpec.ofPrompt("Say ok.").withLabels(Map.of("team", "infra")));
            try (EventStream events = session.events(Cursor.START)) {
                // The log may follow its events, and does not when the server is stopped before.
                ServerTest.next(events, SessionEvent.TurnCompleted.class);
            }
            return session.id();
        }
    }

    @Test
    void aSessionGoesOnAfterARestart() throws Exception {
        SessionId id = plainSession();

        try (RealServer server = start();
                RemoteMeerkat client = connect(server)) {
            Session session = client.open(id);
            // Labels do not survive a restart of a server of the line 0.9.
            assertThat(session.snapshot().labels()).isEqualTo(reached.isLine09() ? Map.of() : Map.of("team", "infra"));
            assertThat(ServerTest.completed(session.startTurn("again")).text()).isEqualTo("ok");
            assertThat(session.snapshot().messageCount()).isEqualTo(5);
        }
    }

    @Test
    void theLogGoesOnAfterARestartAndIsFollowedBeforeTheSessionIsLive() throws Exception {
        SessionId id = plainSession();

        try (RealServer server = start();
                RemoteMeerkat client = connect(server);
                EventStream events = client.open(id).events(Cursor.START)) {
            assertThat(ServerTest.next(events, SessionEvent.TurnCompleted.class).cursor())
                    .isEqualTo(new Cursor(6));

            ServerTest.completed(client.open(id).startTurn("again"));

            assertThat(ServerTest.next(events, SessionEvent.TurnCompleted.class).cursor())
                    .isEqualTo(new Cursor(12));
        }
    }

    @Test
    void anEventThatWaitedWhenTheServerWasKilledIsTakenUp() throws Exception {
        SessionId id;
        InputId input;
        try (RealServer server = start();
                RemoteMeerkat client = connect(server)) {
            Session session = ServerTest.idle(client, SessionSpec.ofPrompt("Say ok."));
            id = session.id();
            input = ((EventOutcome.Accepted) session.sendExternalEvent(event())).inputId().orElseThrow();
            server.kill();
        }

        try (RealServer server = start();
                RemoteMeerkat client = connect(server)) {
            Session session = client.open(id);
            if (reached.isLine09()) {
                assertThat(session.sendExternalEvent(event()))
                        .isInstanceOfSatisfying(
                                EventOutcome.Duplicate.class,
                                duplicate -> assertThat(duplicate.inputId()).isEqualTo(input));
            }
            ServerTest.completed(session.startTurn("what came?"));
            assertThat(ServerTest.texts(ServerTest.transcript(session)))
                    .filteredOn(text -> text.contains("push"))
                    .hasSize(1);
            if (reached.isLine09()) {
                assertThat(session.inputStatus(input).map(InputStatus::state)).contains(InputStatus.State.CONSUMED);
            }
        }
    }

    @Test
    void anEventThatWaitedWhenTheServerWasStoppedIsLostOnTheNewLine() throws Exception {
        // An accepted event should survive; a server of the line 0.9 abandons it, and its key stays used. So the client
        // does not declare DURABLE.
        SessionId id;
        try (RealServer server = start();
                RemoteMeerkat client = connect(server)) {
            Session session = ServerTest.idle(client, SessionSpec.ofPrompt("Say ok."));
            id = session.id();
            session.sendExternalEvent(event());
        }

        try (RealServer server = start();
                RemoteMeerkat client = connect(server)) {
            Session session = client.open(id);
            if (reached.isLine09()) {
                assertThat(session.sendExternalEvent(event())).isInstanceOf(EventOutcome.Duplicate.class);
            }
            ServerTest.completed(session.startTurn("what came?"));
            assertThat(session.snapshot().messageCount()).isEqualTo(reached.isLine09() ? 5 : 6);
        }
    }

    @Test
    void aKeepAliveSessionIsReadButTakesNoTurnAfterARestart() throws Exception {
        // The reference says that the next turn resumes it; this server refuses every turn that is to keep it alive.
        SessionId id;
        try (RealServer server = start();
                RemoteMeerkat client = connect(server)) {
            id = ServerTest.idle(
                            client, SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"))
                    .id();
        }

        try (RealServer server = start();
                RemoteMeerkat client = connect(server)) {
            Session session = client.open(id);
            assertThat(ServerTest.transcript(session)).hasSize(3);
            assertThatExceptionOfType(NotDoneException.class).isThrownBy(session::peers);
            assertThatExceptionOfType(NotDoneException.class)
                    .isThrownBy(() -> ServerTest.completed(session.startTurn("resumed?")));
        }
    }

    @Test
    void aSessionOfOneSurfaceIsContinuedOverAnother() throws Exception {
        Optional<Installed> rest = Installed.found().stream()
                .filter(server -> server.surface() == Installed.Surface.REST
                        && server.version().equals(reached.server().version()))
                .findFirst();
        Assumptions.assumeTrue(rest.isPresent(), "there is no REST server of this version");
        SessionId id = plainSession();

        try (RealServer server = RealServer.rest(rest.get(), home);
                RemoteMeerkat client = MeerkatClient.rest(server.uri()).open()) {
            Session session = client.open(id);
            assertThat(ServerTest.transcript(session)).hasSize(3);
            assertThat(ServerTest.completed(session.startTurn("over REST")).text())
                    .isEqualTo("ok");
        }

        try (RealServer server = start();
                RemoteMeerkat client = connect(server)) {
            Session session = client.open(id);
            assertThat(ServerTest.completed(session.startTurn("over JSON-RPC")).text())
                    .isEqualTo("ok");
            assertThat(ServerTest.transcript(session)).hasSize(7);
            session.archive();
            assertThatExceptionOfType(SessionArchivedException.class)
                    .isThrownBy(() -> ServerTest.completed(session.startTurn("no more")));
        }
    }
}
