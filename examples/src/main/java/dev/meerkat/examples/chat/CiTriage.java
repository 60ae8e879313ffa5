package dev.meerkat.examples.chat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.AgentRouter;
import dev.meerkat.testkit.ScriptedModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A build breaks, and two agents on chat models find out why. CI appends an external event, which wakes the triage
 * agent. It looks up who owns the job, and asks the owner's agent by a tool call. That one looks at the last change and
 * responds, which wakes triage again.
 *
 * <p>{@link #main} runs it without a key, on scripted models, or on a real one, see {@link Models}.
 */
public final class CiTriage {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private CiTriage() {}

    /**
     * Runs it, and prints both transcripts.
     *
     * @param args none
     * @throws InterruptedException if interrupted while waiting
     */
    public static void main(String[] args) throws InterruptedException {
        Map<String, String> environment = System.getenv();
        run(Models.of(environment, CiTriage::triageScript), Models.of(environment, CiTriage::ownerScript))
                .forEach(System.out::println);
    }

    // snippet: triage-agent
    static Agent agent(ChatModel triageModel, ChatModel ownerModel) {
        ChatTool ownerOf = new ChatTool(
                "owner_of",
                "Tells which session owns a job.",
                Json.parse(
                        "{\"type\":\"object\",\"properties\":{\"job\":{\"type\":\"string\"}},\"required\":[\"job\"]}"),
                (arguments, key) -> Json.of("checkout-owner"));
        ChatTool lastChange = new ChatTool(
                "last_change",
                "Tells the last change before a run.",
                Json.parse(
                        "{\"type\":\"object\",\"properties\":{\"run\":{\"type\":\"integer\"}},\"required\":[\"run\"]}"),
                (arguments, key) -> Json.of(Map.of("commit", "8c1f2e", "touches", "PriceTest.java")));
        Agent triage = ChatAgent.of(triageModel).tools(ownerOf);
        Agent owner = ChatAgent.of(ownerModel).tools(lastChange);
        return AgentRouter.create().byName("triage", triage).byName("*-owner", owner);
    }
    // end

    /** Runs it on any models; returns what happened, line by line. */
    static List<String> run(ChatModel triageModel, ChatModel ownerModel) throws InterruptedException {
        try (Meerkat meerkat = MeerkatRuntime.of(agent(triageModel, ownerModel)).open()) {
            // snippet: triage-sessions
            Session triage = meerkat.create(SessionSpec.ofPrompt("Wait for failed builds.")
                    .withSystemPrompt(
                            "You triage failed builds. Find the owner of the job with owner_of. Ask the owner why it "
                                    + "failed, with send_request and the intent explain_failure. When the response is there, say in "
                                    + "one sentence what to do.")
                    .withKeepAliveAs("triage")
                    .withDeferredStart());
            Session owner = meerkat.create(SessionSpec.ofPrompt("Wait for questions.")
                    .withSystemPrompt(
                            "You own the job checkout. When you are asked why a run failed, look at its last_change "
                                    + "and respond with cause and advice.")
                    .withKeepAliveAs("checkout-owner")
                    .withDeferredStart());

            Json payload = Json.of(Map.of("job", "checkout", "run", 1742, "step", "unit tests"));
            triage.sendExternalEvent(
                    ExternalEvent.genericJson("build_failed", payload).withIdempotencyKey("run-1742"));
            // end
            Transcripts.awaitAnswers(triage, 2, PATIENCE);
            Transcripts.awaitAnswers(owner, 1, PATIENCE);
            return Transcripts.of(triage, owner);
        }
    }

    /** What a good model would do as triage. */
    static ScriptedModel triageScript() {
        return ScriptedModel.create()
                .asks("", "owner_of", "{\"job\":\"checkout\"}")
                .asks(
                        "checkout-owner should know.",
                        "send_request",
                        "{\"to\":\"checkout-owner\",\"intent\":\"explain_failure\",\"params\":{\"job\":\"checkout\",\"run\":1742,"
                                + "\"step\":\"unit tests\"}}")
                .says("I have asked checkout-owner.")
                .says("Revert 8c1f2e: ", "it broke PriceTest in run 1742 of checkout.");
    }

    /** What a good model would do as the owner. */
    static ScriptedModel ownerScript() {
        return ScriptedModel.create()
                .asks("", "last_change", "{\"run\":1742}")
                .asks(
                        "",
                        "respond",
                        "{\"result\":{\"cause\":\"8c1f2e changed PriceTest.java\",\"advice\":\"revert it\"}}")
                .says("Explained run 1742 to triage.");
    }
}
