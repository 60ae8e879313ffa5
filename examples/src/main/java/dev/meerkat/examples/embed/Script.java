package dev.meerkat.examples.embed;

import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the demo does with its two sessions, once they are alive. */
final class Script {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> RECORDED = List.of("1-github-workflow-run.http", "2-alertmanager.http");

    private final Session coordinator;
    private final Progress progress;
    private final PrintStream out;

    Script(Session coordinator, Progress progress, PrintStream out) {
        this.coordinator = coordinator;
        this.progress = progress;
        this.out = out;
    }

    /** Peers, a message by name, a request with its reply, and each recorded webhook twice. */
    void play() throws InterruptedException, IOException {
        out.println("== agent-a lists its peers");
        for (Peer peer : coordinator.peers()) {
            out.println("  " + peer.name() + ", " + peer.meta().description() + ", " + peer.id());
        }
        out.println("== agent-a sends agent-b a message, by name");
        Receipt.PeerMessageSent sent = coordinator.send(PeerMessage.to("agent-b", "Good morning."));
        progress.opened(sent.envelopeId().value());
        awaitQuiet();

        out.println("== agent-a asks agent-b, and waits for the reply");
        Optional<PeerReply> reply = coordinator
                .request(PeerRequest.to("agent-b", "status", Json.of(Map.of("detail", "short"))))
                .await(PATIENCE);
        awaitQuiet();
        out.println("  reply: " + reply.map(r -> r.status() + " " + r.result()).orElse("none in time"));

        for (String resource : RECORDED) {
            Webhook delivery = Webhook.recorded(resource);
            out.println("== " + delivery.headers().get("user-agent") + " delivers");
            deliver(delivery);
            out.println("== and delivers it a second time");
            deliver(delivery);
        }
    }

    /** Each line of the input as a webhook body; says how many lines were refused. */
    int playLines(BufferedReader in) throws InterruptedException, IOException {
        int refused = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.isBlank()) {
                out.println("== a delivery from standard input");
                try {
                    deliver(Webhook.ofBody(line));
                } catch (InvalidFieldException e) {
                    refused++;
                    out.println("  refused, nothing is done: " + e.getMessage());
                }
            }
        }
        return refused;
    }

    private void deliver(Webhook delivery) throws InterruptedException {
        EventOutcome outcome = coordinator.sendExternalEvent(delivery.toEvent());
        if (outcome instanceof EventOutcome.Accepted accepted) {
            progress.opened(accepted.inputId().orElseThrow().value());
            out.println("  accepted at #" + accepted.position().orElseThrow() + ", "
                    + (accepted.delivery() instanceof Delivery.Durable ? "on disk" : "in memory only"));
        } else if (outcome instanceof EventOutcome.Duplicate duplicate) {
            out.println("  duplicate of #" + duplicate.position().orElseThrow() + ", nothing is done");
        } else if (outcome instanceof EventOutcome.Conflict conflict) {
            out.println("  conflict: " + conflict.idempotencyKey() + " came before with other content");
        } else if (outcome instanceof EventOutcome.Refused full) {
            out.println("  refused, nothing is done: " + full.reason().getMessage());
        }
        awaitQuiet();
    }

    /** Only so that the lines of one act stay together; the sessions need no waiting. */
    void awaitQuiet() throws InterruptedException {
        if (!progress.awaitQuiet(PATIENCE)) {
            throw new IllegalStateException("work is still open after " + PATIENCE);
        }
    }
}
