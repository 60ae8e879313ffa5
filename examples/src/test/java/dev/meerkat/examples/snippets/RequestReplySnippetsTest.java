package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.*;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestReplySnippetsTest {
    private final Agent agent =
            turn -> turn.session().commsName().orElseThrow().equals("agent-b") ? builder(turn) : coordinator(turn);

    private final Meerkat meerkat = MeerkatRuntime.of(agent).open();
    private Session a;

    @BeforeEach
    void twoSessions() throws InterruptedException {
        a = meerkat.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
        meerkat.create(SessionSpec.ofPrompt("You are a builder.").withKeepAliveAs("agent-b"));
    }

    @AfterEach
    void close() {
        meerkat.close();
    }

    // snippet: respond
    static String builder(TurnContext turn) {
        for (AdmittedInput input : turn.inputs()) {
            if (input.body() instanceof InputBody.PeerRequest request) {
                turn.comms()
                        .send(PeerResponse.accepted(PeerRef.id(request.from().id()), request.requestId()));
                turn.comms().respond(input, Json.of(Map.of("free_gib", 12)));
            }
        }
        return "answered";
    }
    // end

    // snippet: agent-request
    static String coordinator(TurnContext turn) throws InterruptedException {
        if (turn.inputs().get(0).body() instanceof InputBody.External) {
            PeerRequest request = PeerRequest.to("agent-b", "disk_free", Json.of(Map.of("path", "/build")));
            Reply handle = turn.comms().request(request);
            Optional<PeerReply> reply = handle.await(Duration.ofSeconds(30)); // commits the step, then waits
            return reply.map(r -> "free: " + r.result()).orElse("agent-b is slow");
        }
        return "ready";
    }
    // end

    @Test
    void aHostAsksAndAwaits() throws InterruptedException {
        // snippet: request
        PeerRequest request = PeerRequest.to("agent-b", "disk_free", Json.of(Map.of("path", "/build")));
        Reply handle = a.request(request);
        Optional<PeerReply> reply = handle.await(Duration.ofSeconds(30));
        if (reply.isPresent() && reply.get().status() == ResponseStatus.COMPLETED) {
            int free = reply.get().result().at("/free_gib").orElseThrow().as(Integer.class);
            System.out.println(free + " GiB");
        }
        // end
        assertThat(reply.orElseThrow().result()).isEqualTo(Json.of(Map.of("free_gib", 12)));

        // snippet: handle-again
        RequestId id = handle.requestId(); // keep it, as text if you like
        Reply again = a.reply(RequestId.of(id.toString()));
        // end
        assertThat(again.await(Duration.ofSeconds(30))).isEqualTo(reply);
    }

    @Test
    void anAgentAsksAndAwaits() throws InterruptedException {
        assertThat(a.initialTurn().orElseThrow().await(Duration.ofSeconds(30))).isPresent();
        a.sendExternalEvent(ExternalEvent.genericJson("disk_alert", Json.NULL));
        try (EventStream events = a.events(a.snapshot().lastCursor().orElseThrow())) {
            Optional<SessionEvent> event = events.next(Duration.ofSeconds(30));
            while (event.isPresent() && !(event.get() instanceof SessionEvent.TurnCompleted)) {
                event = events.next(Duration.ofSeconds(30));
            }
            assertThat(event.orElseThrow())
                    .isInstanceOfSatisfying(
                            SessionEvent.TurnCompleted.class,
                            done -> assertThat(done.text()).isEqualTo("free: {\"free_gib\":12}"));
        }
    }
}
