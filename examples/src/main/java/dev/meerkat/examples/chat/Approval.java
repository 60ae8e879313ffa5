package dev.meerkat.examples.chat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.AgentRouter;
import dev.meerkat.testkit.ScriptedModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * An agent on a chat model asks a person before it deploys. The person is a session too: its agent only puts the
 * request where the person sees it, and the answer is given from outside, minutes or days later. The agent sleeps
 * meanwhile, and holds no thread. What is approved is kept outside of the model: it can ask, and cannot approve.
 *
 * <p>{@link #main} runs it without a key, on a scripted model, or on a real one, see {@link Models}.
 */
public final class Approval {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final BlockingQueue<InputBody.PeerRequest> desk = new LinkedBlockingQueue<>(100);
    private final Set<String> approved = ConcurrentHashMap.newKeySet();

    private Approval() {}

    /**
     * Runs it, asks on the console, and prints the transcript of the agent.
     *
     * @param args {@code yes} or {@code no} to decide without being asked
     * @throws IOException if the console cannot be read
     * @throws InterruptedException if interrupted while waiting
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        BufferedReader console = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        run(Models.of(System.getenv(), Approval::script), request -> {
                    System.out.println("alice is asked to " + request.command().intent() + " "
                            + request.command().params() + " by "
                            + request.from().name() + " [yes/no]");
                    return (args.length > 0 ? args[0] : line(console)).equals("yes");
                })
                .forEach(System.out::println);
    }

    private static String line(BufferedReader console) {
        try {
            String line = console.readLine();
            return line == null ? "no" : line.strip();
        } catch (IOException e) {
            return "no";
        }
    }

    static List<String> run(ChatModel model, Predicate<InputBody.PeerRequest> person) throws InterruptedException {
        return new Approval().with(model, person);
    }

    private List<String> with(ChatModel model, Predicate<InputBody.PeerRequest> person) throws InterruptedException {
        // snippet: approval-agents
        ChatTool deploy = new ChatTool(
                "deploy",
                "Deploys an approved release.",
                Json.parse("{\"type\":\"object\",\"properties\":{\"release\":{\"type\":\"string\"}},"
                        + "\"required\":[\"release\"]}"),
                (arguments, key) -> {
                    String release = arguments.at("/release").orElseThrow().as(String.class);
                    if (!approved.contains(release)) { // the model may say what it likes
                        throw new IllegalStateException("nobody has approved " + release);
                    }
                    return Json.of("deployed " + release + " once, under " + key.length() + " characters of key");
                });
        Agent releaser = ChatAgent.of(model).tools(deploy);
        Agent alice = turn -> { // puts requests on her desk, and answers none
            turn.inputs().forEach(input -> {
                if (input.body() instanceof InputBody.PeerRequest request) {
                    desk.add(request);
                }
            });
            return "on the desk";
        };
        // end
        Agent both = AgentRouter.create().byName("alice", alice).otherwise(releaser);
        try (Meerkat meerkat = MeerkatRuntime.of(both).open()) {
            Session desks = meerkat.create(SessionSpec.ofPrompt("Requests for Alice.")
                    .withKeepAliveAs("alice")
                    .withDeferredStart());
            Session release = meerkat.create(SessionSpec.ofPrompt("Deploy 2026.04.21 to production.")
                    .withSystemPrompt(
                            "You deploy releases. Before each, ask alice with send_request and the intent approve. "
                                    + "Deploy when she has approved, else say why not.")
                    .withKeepAliveAs("releaser"));
            InputBody.PeerRequest request = desk.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (request == null) {
                throw new IllegalStateException("alice was not asked within " + PATIENCE);
            }
            answer(desks, request, person.test(request));
            Transcripts.awaitAnswers(release, 2, PATIENCE);
            return Transcripts.of(release);
        }
    }

    // snippet: approval-answer
    private void answer(Session alice, InputBody.PeerRequest request, boolean yes) throws InterruptedException {
        if (yes) {
            request.command().params().at("/release").ifPresent(release -> approved.add(release.as(String.class)));
        }
        alice.send(PeerResponse.completed(
                PeerRef.id(request.from().id()), request.requestId(), Json.of(Map.of("approved", yes))));
    }
    // end

    /** What a model would do that does not wait for the answer to what it has asked. */
    static ScriptedModel script() {
        return ScriptedModel.create()
                .asks(
                        "",
                        "send_request",
                        "{\"to\":\"alice\",\"intent\":\"approve\",\"params\":{\"release\":\"2026.04.21\",\"to\":\"production\"}}")
                .says("I wait for Alice.")
                .asks("", "deploy", "{\"release\":\"2026.04.21\"}")
                .says("That is all that I can do.");
    }
}
