package dev.meerkat.examples.realmodel;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.api.CommsCommand.Input;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Two sessions on one small model. Arguments: the model's file, the store's file, and {@code first} or {@code second}.
 */
public final class Scene {
    /** The line on which the process is to be killed. */
    static final String KILL = "== KILL ME NOW";

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String TRIAGE = "triage";
    private static final String BUILDER = "builder";
    private static final int FAILED_RUN = 1743;

    private static final String TRIAGE_PROMPT = "You are triage. When a build fails, you send builder a message that "
            + "names the job, the run and the step. Example:\n"
            + "{\"tool\":\"send_message\",\"arguments\":{\"to\":\"builder\",\"text\":\"The job web failed in run 7 at "
            + "the step lint. Please look.\"}}";
    private static final String BUILDER_PROMPT = "You are builder. When triage tells you of a failed build, you reply. "
            + "Example:\n"
            + "{\"tool\":\"reply_to_peer\",\"arguments\":{\"text\":\"Thank you. I look at the step lint of the job web "
            + "now.\"}}";

    private final Screen screen = new Screen();
    private final Meerkat meerkat;

    private Scene(Meerkat meerkat) {
        this.meerkat = meerkat;
    }

    /** See the class. */
    public static void main(String[] args) {
        int exit = 1;
        try {
            run(Path.of(args[0]), Path.of(args[1]), args[2].equals("first"));
            exit = 0;
        } catch (Exception e) {
            // The error stream is the engine's.
            System.out.println("== THE SCENE FAILED");
            e.printStackTrace(System.out);
        } finally {
            System.out.flush();
            // The engine has threads that do not end, and its memory must not be freed while they run.
            Runtime.getRuntime().halt(exit);
        }
    }

    private static void run(Path weights, Path database, boolean first) throws Exception {
        long begun = System.nanoTime();
        LlamaModel model = LlamaModel.load(weights, Scene::choice);
        System.out.println("the model is loaded after " + (System.nanoTime() - begun) / 1_000_000 + " ms");
        ChatAgent agent = ChatAgent.of(model)
                .steering(ChatAgent.Steering.GIVE_UP_CALL)
                .idleTimeout(PATIENCE);
        try (SessionStore store = SqliteStore.open(database);
                Meerkat meerkat = MeerkatRuntime.of(agent).store(store).open()) {
            Scene scene = new Scene(meerkat);
            if (first) {
                scene.first();
            } else {
                scene.second();
            }
        }
    }

    /** What the model is to do: tell of a failed build, reply to a peer, or say something. */
    private static ToolChoice choice(ChatRequest request) {
        ChatMessage last = request.messages().get(request.messages().size() - 1);
        boolean isBuilder = request.messages().get(0).equals(new ChatMessage.Instructions(BUILDER_PROMPT));
        if (last instanceof ChatMessage.User user && !isBuilder && user.text().contains("external_event")) {
            return new ToolChoice(List.of("send_message"), List.of(BUILDER));
        }
        return last instanceof ChatMessage.User user && isBuilder && user.text().contains("peer_message")
                ? new ToolChoice(List.of("reply_to_peer"), List.of())
                : ToolChoice.TEXT;
    }

    private void first() throws Exception {
        Session triage = create(TRIAGE, TRIAGE_PROMPT);
        Session builder = create(BUILDER, BUILDER_PROMPT);
        try (RunningServer server =
                MeerkatServer.of(meerkat).rest("127.0.0.1", 0).start()) {
            screen.say("== a webhook wakes triage; it messages builder by a tool call; builder replies");
            int mark = screen.mark();
            post(server, triage, 1742);
            screen.await(mark, BUILDER, 1, SessionEvent.TurnCompleted.class::isInstance);
            screen.await(mark, TRIAGE, 2, SessionEvent.TurnCompleted.class::isInstance);

            steer(builder);
            interrupt(builder);

            screen.say("== a second webhook; the process dies while triage speaks");
            mark = screen.mark();
            post(server, triage, FAILED_RUN);
            screen.await(mark, TRIAGE, 3, SessionEvent.TextDelta.class::isInstance);
            screen.say(KILL);
            boolean unused = new CountDownLatch(1).await(PATIENCE.toMinutes(), TimeUnit.MINUTES);
        }
    }

    private Session create(String name, String systemPrompt) throws InterruptedException {
        Session session = meerkat.create(SessionSpec.ofPrompt("You are on duty.")
                .withSystemPrompt(systemPrompt)
                .withKeepAliveAs(name)
                .withDeferredStart());
        screen.watch(name, session.eventsFromNow());
        return session;
    }

    private void post(RunningServer server, Session session, int run) throws IOException, InterruptedException {
        Json event = Json.of(Map.of(
                "kind",
                "generic_json",
                "event_type",
                "build_failed",
                "payload",
                Map.of("job", "checkout", "run", run, "step", "unit tests"),
                "idempotency_key",
                "run-" + run));
        URI uri = URI.create("http://127.0.0.1:" + server.addresses().get(0).getPort() + "/sessions/" + session.id()
                + "/external-events");
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(event.text()))
                                .timeout(Duration.ofMinutes(1))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        screen.say("  HTTP " + response.statusCode() + (response.statusCode() == 200 ? ": a duplicate" : ": accepted"));
    }

    private void steer(Session builder) throws Exception {
        screen.say("== builder tells a story; a steer arrives in the middle");
        int mark = screen.mark();
        Turn turn = builder.startTurn("Tell me a long story about a build that failed.");
        screen.await(mark, BUILDER, 10, SessionEvent.TextDelta.class::isInstance);
        builder.send(Input.of("Stop the story. Say good night to triage instead.")
                .withHandlingMode(HandlingMode.STEER));
        screen.say("  outcome: " + turn.await(PATIENCE).orElseThrow());
    }

    private void interrupt(Session builder) throws Exception {
        screen.say("== builder is interrupted in the middle of an answer");
        int mark = screen.mark();
        Turn turn = builder.startTurn("Explain every step of a build in detail.");
        screen.await(mark, BUILDER, 8, SessionEvent.TextDelta.class::isInstance);
        long asked = System.nanoTime();
        builder.interrupt();
        String outcome = turn.await(PATIENCE).orElseThrow().toString();
        screen.say("  after " + (System.nanoTime() - asked) / 1_000_000 + " ms: " + outcome);
    }

    private void second() throws Exception {
        Session triage = meerkat.open(TRIAGE);
        Session builder = meerkat.open(BUILDER);
        screen.say("== the turn that was cut off goes on by itself");
        int mark = screen.mark();
        screen.watch(TRIAGE, triage.eventsFromNow());
        screen.watch(BUILDER, builder.eventsFromNow());
        screen.await(mark, BUILDER, 1, SessionEvent.TurnCompleted.class::isInstance);
        screen.await(mark, TRIAGE, 2, SessionEvent.TurnCompleted.class::isInstance);
        long sent = triage.history(0, 1000).entries().stream()
                .filter(entry -> entry instanceof TranscriptEntry.Sent)
                .count();
        screen.say("== triage has sent " + sent + " messages for 2 failed builds: none twice");
        try (RunningServer server =
                MeerkatServer.of(meerkat).rest("127.0.0.1", 0).start()) {
            screen.say("== the second webhook is delivered again");
            post(server, triage, FAILED_RUN);
        }
    }
}
