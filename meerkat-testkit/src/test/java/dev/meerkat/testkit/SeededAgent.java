package dev.meerkat.testkit;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.RequestCycleException;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.List;

/** Does many different things, which follow from its inputs alone, so that it does them again when run again. */
final class SeededAgent implements Agent {
    static final List<String> NAMES = List.of("a", "b", "c");

    @Override
    public String answer(TurnContext turn) throws Exception {
        String me = turn.session().commsName().orElseThrow();
        for (AdmittedInput input : turn.inputs()) {
            handle(turn, me, input);
        }
        if (turn.attempt() == 1 && chance(InputPattern.describe(turn.inputs()), 7)) {
            throw new IllegalStateException("the first attempt fails");
        }
        return "seen " + turn.inputs().size();
    }

    private static void handle(TurnContext turn, String me, AdmittedInput input) throws Exception {
        String text = InputPattern.text(input.body());
        if (chance(text + "yield", 2)) {
            SerialTurnExecutor.yieldTurn();
        }
        if (input.body() instanceof InputBody.PeerRequest) {
            turn.comms().respond(input, Json.of(text));
        } else if (input.body() instanceof InputBody.PeerMessage && text.startsWith("m") && chance(text + "relay", 2)) {
            turn.comms().send(CommsCommand.PeerMessage.to(other(me, text), "r" + text));
        } else if (input.body() instanceof InputBody.Local && chance(text + "ask", 3)) {
            ask(turn, CommsCommand.PeerRequest.to(other(me, text), "ask-" + text, Json.NULL));
        } else if (input.body() instanceof InputBody.External && chance(text + "tool", 2)) {
            turn.tool("note", Json.of(text), Json::of);
        }
        if (chance(text + "step", 3)) {
            turn.safePoint();
        }
    }

    private static void ask(TurnContext turn, CommsCommand.PeerRequest request) throws InterruptedException {
        try {
            turn.comms().request(request).await(Duration.ofSeconds(5));
        } catch (RequestCycleException e) {
            // The peer gets its answer from the next turn.
        }
    }

    private static String other(String me, String text) {
        List<String> others = NAMES.stream().filter(name -> !name.equals(me)).toList();
        return others.get(Math.floorMod(text.hashCode(), others.size()));
    }

    private static boolean chance(String text, int oneIn) {
        return Math.floorMod(text.hashCode() * 0x9E3779B9 >>> 8, oneIn) == 0;
    }
}
