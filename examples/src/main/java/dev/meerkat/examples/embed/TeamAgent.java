package dev.meerkat.examples.embed;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Answers for the whole team, without a model and always alike: agent-a passes on what comes from
 * outside, agent-b does the work. A real agent would call a model here.
 */
final class TeamAgent implements Agent {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Duration think;

    TeamAgent(Duration think) {
        this.think = think;
    }

    @Override
    public String answer(TurnContext turn) throws Exception {
        takeTime();
        List<String> answers = new ArrayList<>();
        for (AdmittedInput input : turn.inputs()) {
            answers.add(answer(turn, input));
        }
        return String.join(" ", answers);
    }

    private static String answer(TurnContext turn, AdmittedInput input) throws Exception {
        if (input.body() instanceof InputBody.External external) {
            return delegate(turn, external.event());
        }
        if (input.body() instanceof InputBody.PeerMessage message) {
            return message.command().body().startsWith("Build failed")
                    ? investigate(turn, input)
                    : "Noted what " + message.from().name() + " says.";
        }
        if (input.body() instanceof InputBody.PeerRequest request) {
            Json result = Json.of(
                    new TreeMap<>(Map.of("intent", request.command().intent(), "finding", "the newest release")));
            turn.comms().respond(input, result);
            return "Answered " + request.from().name() + ".";
        }
        return "Ready.";
    }

    /** What agent-a does with an external event. */
    private static String delegate(TurnContext turn, ExternalEvent event) throws InterruptedException {
        Json payload = event.payload();
        if (event.eventType().equals("workflow_run")
                && text(payload, "/workflow_run/conclusion").equals("failure")) {
            turn.comms()
                    .send(PeerMessage.to(
                            "agent-b",
                            "Build failed in CI. Please investigate: " + text(payload, "/workflow_run/html_url")));
            return "Run " + text(payload, "/workflow_run/run_number") + " of " + text(payload, "/repository/full_name")
                    + " failed; agent-b is told.";
        }
        if (event.eventType().equals("alert_group") && text(payload, "/status").equals("firing")) {
            Reply handle = turn.comms()
                    .request(PeerRequest.to(
                            "agent-b", "diagnose", payload.at("/commonLabels").orElse(Json.NULL)));
            Optional<PeerReply> reply = handle.await(PATIENCE);
            return text(payload, "/commonLabels/alertname") + " fires; agent-b suspects "
                    + reply.map(r -> text(r.result(), "/finding")).orElse("nothing yet") + ".";
        }
        return "Nothing to do for this " + event.eventType() + ".";
    }

    /** What agent-b does with a failed build. */
    private static String investigate(TurnContext turn, AdmittedInput input) throws Exception {
        // The key makes a real tool's side effect happen once, even if a crash makes this step run again.
        Json log = turn.tool("read_build_log", Json.EMPTY_OBJECT, key -> Json.of(Map.of("failed_step", "unit tests")));
        turn.comms().reply(input, "The step that failed is: " + text(log, "/failed_step") + ".");
        return "Read the log.";
    }

    private static String text(Json json, String pointer) {
        return json.at(pointer)
                .map(value -> value.text().startsWith("\"") ? value.as(String.class) : value.text())
                .orElse("(unknown)");
    }

    /** Waits as a model would make it wait; ends early if the turn is interrupted. */
    private void takeTime() throws InterruptedException {
        boolean never = new CountDownLatch(1).await(think.toMillis(), TimeUnit.MILLISECONDS);
        assert !never;
    }
}
