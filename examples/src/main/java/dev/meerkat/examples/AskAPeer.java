package dev.meerkat.examples;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A request from one session to another by name, and its reply. */
public final class AskAPeer {
    private AskAPeer() {}

    /**
     * Asks and prints.
     *
     * @param args none
     * @throws InterruptedException if interrupted while waiting
     */
    public static void main(String[] args) throws InterruptedException {
        try (Meerkat meerkat = MeerkatRuntime.of(AskAPeer::answer).open()) {
            Session coordinator = meerkat.create(
                    SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
            meerkat.create(SessionSpec.ofPrompt("You are a builder.").withKeepAliveAs("agent-b"));
            Reply handle =
                    coordinator.request(PeerRequest.to("agent-b", "disk_free", Json.of(Map.of("path", "/build"))));
            Optional<PeerReply> reply = handle.await(Duration.ofSeconds(10));
            System.out.println(reply.map(r -> r.from().name() + " " + r.status() + " " + r.result())
                    .orElse("no reply yet; ask again with session.reply(" + handle.requestId() + ")"));
        }
    }

    // snippet: responder
    static String answer(TurnContext turn) {
        for (AdmittedInput input : turn.inputs()) {
            if (input.body() instanceof InputBody.PeerRequest request) {
                Json path = request.command().params().at("/path").orElse(Json.NULL);
                turn.comms().respond(input, Json.of(Map.of("path", path.as(String.class), "free_gib", 12)));
            }
        }
        return "handled " + turn.inputs().size();
    }
    // end
}
