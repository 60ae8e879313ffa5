package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.*;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand.Input;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.client.*;
import dev.meerkat.examples.remote.StandIn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a stand-in that speaks what a server of the line 0.9 speaks. */
@Timeout(60)
class RemoteSnippetsTest {
    private static final String HOST = "127.0.0.1";

    private StandIn server;
    private RemoteMeerkat meerkat;

    @BeforeEach
    void connect() throws IOException, InterruptedException {
        server = StandIn.start();
        meerkat = MeerkatClient.tcp(HOST, server.port()).open();
    }

    @AfterEach
    void close() throws IOException {
        meerkat.close();
        server.close();
    }

    private Session session() throws InterruptedException {
        return meerkat.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
    }

    @Test
    void timeoutsAndLimitsAreSetOnTheConnector() throws Exception {
        try (StandIn other = StandIn.start()) {
            int port = other.port();
            // snippet: remote-limits
            TcpConnector connector = MeerkatClient.tcp("127.0.0.1", port)
                    .timeouts(ClientTimeouts.defaults()
                            .withCall(Duration.ofSeconds(10))
                            .withTurn(Duration.ofMinutes(5)))
                    .limits(ClientLimits.defaults().withPendingCalls(32).withMessageBytes(8 << 20));
            // end
            try (RemoteMeerkat small = connector.open()) {
                assertThat(small.contractVersion()).isEqualTo("0.9.8");
            }
        }
    }

    @Test
    void sessionsAreCreatedFoundAndListed() throws InterruptedException {
        // snippet: remote-create
        Session session = meerkat.create(SessionSpec.ofPrompt("You are a coordinator.")
                .withKeepAliveAs("agent-a")
                .withLabels(Map.of("team", "release")));
        SessionId id = session.id(); // what a server itself finds it by
        Session byId = meerkat.open(id);
        Session byName = meerkat.open("agent-a"); // made by this client, or another one of this library
        SessionPage page = meerkat.list(SessionQuery.all().withLabel("team", "release"));
        // end
        assertThat(byId.id()).isEqualTo(byName.id());
        assertThat(page.sessions()).singleElement().satisfies(found -> {
            assertThat(found.commsName()).hasValue("agent-a");
            assertThat(found.keepAlive()).isTrue();
            assertThat(found.labels()).isEqualTo(Map.of("team", "release"));
        });
    }

    @Test
    void aTurnIsAwaited() throws InterruptedException {
        Session session = session();
        // snippet: remote-turn
        Turn turn = session.startTurn("What is the state of the release?");
        Optional<TurnOutcome> outcome = turn.await(Duration.ofMinutes(5));
        if (outcome.isPresent() && outcome.get() instanceof TurnOutcome.Completed completed) {
            System.out.println(completed.text());
        }
        // end
        assertThat(outcome).hasValueSatisfying(ended -> assertThat(ended).isInstanceOf(TurnOutcome.Completed.class));
    }

    @Test
    void aTurnIsStreamed() throws InterruptedException {
        Session session = session();
        StringBuilder text = new StringBuilder();
        // snippet: remote-streamed
        try (EventStream events = session.eventsFromNow()) { // first, so that nothing is missed
            Turn turn = session.startTurn("Tell me a story.");
            Optional<SessionEvent> event = events.next(Duration.ofMinutes(1));
            while (event.isPresent() && !(event.get() instanceof SessionEvent.TurnCompleted)) {
                if (event.get() instanceof SessionEvent.TextDelta piece) {
                    text.append(piece.delta());
                }
                event = events.next(Duration.ofMinutes(1));
            }
            Optional<TurnOutcome> outcome = turn.await(Duration.ofSeconds(10)); // also says why a turn failed
        }
        // end
        assertThat(text).hasToString("ok");
    }

    @Test
    void aTurnIsTakenBack() throws InterruptedException {
        Session session = session();
        // snippet: remote-cancel
        Turn turn = session.startTurn("Please wait for the build.");
        turn.cancel(); // takes back this one turn
        Optional<TurnOutcome> outcome = turn.await(Duration.ofSeconds(30)); // Interrupted, if it came in time

        InterruptOutcome stopped = session.interrupt(); // stops whatever runs; Idle if nothing does
        // end
        assertThat(outcome).hasValueSatisfying(ended -> assertThat(ended).isInstanceOf(TurnOutcome.Interrupted.class));
        assertThat(stopped).isInstanceOf(InterruptOutcome.Idle.class);
    }

    @Test
    void aNameThatIsNoPeerIsRefusedBeforeAnythingIsSent() throws InterruptedException {
        Session session = session();
        // snippet: remote-comms
        try {
            session.send(PeerMessage.to("agent-b", "Build failed in CI. Please investigate."));
        } catch (PeerNotFoundException refused) { // nothing was sent
            System.out.println("agent-b is none of " + refused.candidates());
        }
        Receipt.InputAccepted receipt = session.send(Input.of("Status, please.")); // to itself: wakes it
        // end
        assertThat(session.peers()).isEmpty();
        assertThat(receipt.delivery()).isInstanceOf(Delivery.Queued.class);
    }

    @Test
    void anEventWithAKeyTakesEffectOnce() throws InterruptedException {
        Session session = session();
        // snippet: remote-event
        ExternalEvent event = ExternalEvent.genericJson("deploy_complete", Json.of(Map.of("environment", "prod")));
        if (meerkat.capabilities().has(Capability.EVENT_DEDUPE)) {
            event = event.withIdempotencyKey("deploy-4711");
        }
        EventOutcome outcome = session.sendExternalEvent(event);
        // end
        assertThat(outcome).isInstanceOf(EventOutcome.Accepted.class);
        assertThat(session.sendExternalEvent(event)).isInstanceOf(EventOutcome.Duplicate.class);
    }

    @Test
    void anEventWakesWhereThatIsAskedFor() throws Exception {
        try (StandIn other = StandIn.start()) {
            int port = other.port();
            ExternalEvent event = ExternalEvent.genericJson("deploy_complete", Json.NULL);
            // snippet: remote-wake
            try (RemoteMeerkat waking =
                    MeerkatClient.tcp("127.0.0.1", port).wakeAfterEvents().open()) {
                Session session = waking.create(
                        SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
                session.sendExternalEvent(event); // and then an input that says so, which wakes it
            }
            // end
            try (RemoteMeerkat again = MeerkatClient.tcp(HOST, port).open()) {
                assertThat(again.open("agent-a").history(0, 100).entries())
                        .as("prompt, answer, event, input, answer")
                        .hasSize(5);
            }
        }
    }

    @Test
    void eventsAreReplayedWhereThereIsALog() throws InterruptedException {
        Session session = session();
        List<SessionEvent> seen = new ArrayList<>();
        // snippet: remote-replay
        boolean log = meerkat.capabilities().has(Capability.EVENT_REPLAY);
        try (EventStream events = log ? session.events(Cursor.START) : session.eventsFromNow()) {
            Optional<SessionEvent> event = events.next(Duration.ofSeconds(1));
            while (event.isPresent()) {
                if (event.get() instanceof SessionEvent.Gap gap) {
                    System.out.println("events are missing, look at the history: " + gap);
                }
                seen.add(event.get());
                event = events.next(Duration.ofSeconds(1));
            }
        }
        // end
        assertThat(seen).hasSize(3).noneMatch(SessionEvent.Gap.class::isInstance);
    }

    @Test
    void aToolRunsInTheClient() throws Exception {
        try (StandIn other = StandIn.start()) {
            int port = other.port();
            // snippet: remote-tool
            CallbackTool clock = new CallbackTool(
                    "clock",
                    "Tells the time in a zone.",
                    Json.parse("{\"type\":\"object\",\"properties\":{\"zone\":{\"type\":\"string\"}}}"),
                    call -> "12:00 in "
                            + call.arguments()
                                    .at("/zone")
                                    .map(zone -> zone.as(String.class))
                                    .orElse("UTC"));
            try (RemoteMeerkat equipped =
                    MeerkatClient.tcp("127.0.0.1", port).tools(List.of(clock)).open()) {
                Session session = equipped.create(SessionSpec.ofPrompt("You tell the time."));
                System.out.println(session.startTurn("Ask the clock.").await(Duration.ofMinutes(1)));
            }
            // end
            try (RemoteMeerkat again = MeerkatClient.tcp(HOST, port).open()) {
                SessionId id = again.list(SessionQuery.all()).sessions().get(0).id();
                assertThat(again.open(id).snapshot().lastAnswer()).hasValue("12:00 in UTC");
            }
        }
    }

    @Test
    void contextAnswersAndHealth() throws InterruptedException {
        Session session = session();
        PeerId peer = PeerId.of("6f0c1b52-6a3f-5d83-9c60-1c3a4f1f9a01");
        RequestId request = RequestId.of("01a2053e-17e2-7268-95a4-8e65caa99ee8");
        // snippet: remote-more
        boolean added = session.injectContext(
                ContextNote.of("The freeze ends on Friday.").withIdempotencyKey("freeze-17"));
        EventOutcome answered = session.deliverPeerAnswer(new PeerAnswer(
                peer, Optional.of("agent-b"), request, PeerAnswer.Status.COMPLETED, Json.of(Map.of("token", "t"))));
        List<String> problems = meerkat.checkHealth(); // empty if the server says that all is well
        // end
        assertThat(problems).isEmpty();
        assertThat(added).isTrue();
        assertThat(answered).isInstanceOf(EventOutcome.Accepted.class);
        // snippet: remote-status
        if (answered instanceof EventOutcome.Accepted accepted) {
            Optional<InputStatus> status =
                    session.inputStatus(accepted.inputId().orElseThrow());
            System.out.println(status); // QUEUED, STAGED, CONSUMED or DEAD_LETTERED
        }
        // end
    }

    @Test
    void errorsSayWhatIsKnown() throws Exception {
        Session session = session();
        server.close();
        meerkat.close();
        String said = "";
        // snippet: remote-errors
        try {
            session.send(Input.of("Status, please."));
        } catch (NotDoneException refused) { // nothing was done: send it again when you like
            said = "not done, " + refused.code();
        } catch (FailedException failed) { // the server says that it failed, or a read was lost
            said = "failed, " + failed.code();
        } catch (UnknownOutcomeException unknown) { // it may have been done: look before sending again
            said = "unknown, " + unknown.code();
        }
        // end
        assertThat(said).isEqualTo("not done, " + MeerkatClosedException.CODE);
        assertThatThrownBy(() -> MeerkatClient.tcp(HOST, server.port()).open())
                .isInstanceOf(ServerUnreachableException.class);
    }
}
