package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.*;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadmeSnippetsTest {
    private static final Agent AGENT = turn -> "ok";

    @Test
    void theProductPageReadsTheSameInJava() throws InterruptedException {
        try (Meerkat meerkat = MeerkatRuntime.of(AGENT).open()) {
            // snippet: page
            Session a =
                    meerkat.create(SessionSpec.prompt("You are a coordinator.").keepAlive("agent-a"));
            Session b = meerkat.create(SessionSpec.prompt("You are a builder.").keepAlive("agent-b"));

            Receipt.PeerMessageSent sent = a.send(PeerMessage.to("agent-b", "Build failed in CI. Please investigate."));

            for (Peer peer : a.peers()) {
                System.out.println(peer.name());
            }

            Json payload = Json.of(Map.of("environment", "prod", "release", "2026.04.21"));
            EventOutcome outcome = a.sendExternalEvent(
                    ExternalEvent.genericJson("deploy_complete", payload).withIdempotencyKey("deploy-4711"));
            // end
            assertThat(sent.delivery()).isInstanceOf(Delivery.HandedOff.class);
            assertThat(a.peers()).extracting(Peer::name).containsExactly("agent-b");
            assertThat(outcome).isInstanceOf(EventOutcome.Accepted.class);
            assertThat(b.initialTurn().orElseThrow().await(Duration.ofSeconds(30)))
                    .isPresent();
        }
    }
}
