package dev.meerkat.examples;

// snippet: page
import dev.meerkat.api.*;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.core.MeerkatRuntime;
import java.util.Map;

public final class TwoAgents {
    public static void main(String[] args) throws InterruptedException {
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> "ok").open()) {
            Session a = meerkat.create(
                    SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
            meerkat.create(SessionSpec.ofPrompt("You are a builder.").withKeepAliveAs("agent-b"));

            Receipt.PeerMessageSent sent = a.send(PeerMessage.to("agent-b", "Build failed in CI. Please investigate."));
            System.out.println(sent.delivery());

            for (Peer peer : a.peers()) {
                System.out.println(peer.name());
            }

            Json payload = Json.of(Map.of("environment", "prod", "release", "2026.04.21"));
            EventOutcome outcome = a.sendExternalEvent(
                    ExternalEvent.genericJson("deploy_complete", payload).withIdempotencyKey("deploy-4711"));
            System.out.println(outcome);
        }
    }
}
// end
