package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Reply;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.AgentRouter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tools with which a model talks to peers: session {@code a} has the model, {@code b} is code. */
abstract class ChatCommsChapter extends ChatChapter {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** What came to {@code b}. */
    private final BlockingQueue<AdmittedInput> atB = new LinkedBlockingQueue<>();

    private AgentRouter withB(Agent b, ChatAgent a) {
        return AgentRouter.create().byName("a", a).byName("b", b);
    }

    private AgentRouter with(ChatAgent a) {
        return withB(
                turn -> {
                    turn.inputs().forEach(this::came);
                    return "b has it";
                },
                a);
    }

    private AgentRouter withAnsweringB(ChatAgent a) {
        return withB(
                turn -> {
                    for (AdmittedInput input : turn.inputs()) {
                        came(input);
                        if (input.body() instanceof InputBody.PeerRequest) {
                            turn.comms().respond(input, Json.of("b says yes"));
                        }
                    }
                    return "answered";
                },
                a);
    }

    private void came(AdmittedInput input) {
        if (!(input.body() instanceof InputBody.Prompt)) {
            atB.add(input);
        }
    }

    private AdmittedInput cameToB() throws InterruptedException {
        AdmittedInput input = atB.poll(2, TimeUnit.MINUTES);
        assertThat(input).isNotNull();
        return input;
    }

    private static String lastResult(List<ChatMessage> messages) {
        return ((ChatMessage.ToolResult) messages.get(messages.size() - 1)).text();
    }

    /** Asks for a tool with an argument that is taken from what the model reads. */
    private void asksWith(String tool, String before, Pattern id, String after) {
        int call = model.requests().size();
        model.then(listener -> {
            Matcher found = id.matcher(last(model.read(model.requests().size() - 1)));
            assertThat(found.find()).as("an id in request %s", call).isTrue();
            listener.onDelta(new ChatDelta.ToolCallPart(0, "call_x", tool, before + found.group() + after));
            listener.onDelta(new ChatDelta.Finished(FinishReason.TOOL_CALLS));
            listener.onComplete();
        });
    }

    @Test
    void aMessageIsDeliveredByName() throws Exception {
        model.asks("", "send_message", "{\"to\":\"b\",\"text\":\"hello b\"}").says("sent");
        Meerkat meerkat = open(with(ChatAgent.of(model)));
        alive(meerkat, "b");
        completed(ask(idle(meerkat, "a"), "Greet b."));

        assertThat(cameToB().body()).isInstanceOfSatisfying(InputBody.PeerMessage.class, message -> {
            assertThat(message.command().body()).isEqualTo("hello b");
            assertThat(message.from().name()).isEqualTo("a");
            assertThat(message.command().contentTaint()).isEqualTo(ContentTaint.UNDECLARED);
        });
        assertThat(lastResult(model.read(1))).contains("message");
    }

    @Test
    void theResponseToARequestComesAsANotice() throws Exception {
        model.asks("", "send_request", "{\"to\":\"b\",\"intent\":\"review\",\"params\":{\"n\":1}}")
                .says("asked")
                .says("got it");
        Meerkat meerkat = open(withAnsweringB(ChatAgent.of(model)));
        alive(meerkat, "b");
        Session a = alive(meerkat, "a");
        completed(ask(a, "Ask b."));
        event(a, 2, SessionEvent.TurnCompleted.class::isInstance);

        assertThat(cameToB().body())
                .isInstanceOfSatisfying(
                        InputBody.PeerRequest.class,
                        request -> assertThat(request.command().params()).isEqualTo(Json.parse("{\"n\":1}")));
        assertThat(notices(model.read(2))).singleElement().satisfies(notice -> {
            assertThat(notice.at("/notice")).contains(Json.of("peer_response"));
            assertThat(notice.at("/from/name")).contains(Json.of("b"));
            assertThat(notice.at("/result")).contains(Json.of("b says yes"));
        });
    }

    @Test
    void theIntentsOfPeersAreListedWithTheirSchemas() throws Exception {
        model.asks("", "peers", "{}").says("seen");
        Meerkat meerkat = open(with(ChatAgent.of(model)));
        String schemas = "{\"description\":\"Tells what is free.\",\"params\":{\"type\":\"object\","
                + "\"properties\":{\"path\":{\"type\":\"string\"}}}}";
        String deepest = "[".repeat(Limits.JSON_DEPTH) + "]".repeat(Limits.JSON_DEPTH);
        Map<String, String> labels = Map.of(
                "intent.disk_free",
                schemas,
                "intent.clean",
                "{}",
                "team",
                "x",
                "intent.bad",
                "{",
                "intent.deep",
                deepest);
        meerkat.create(SessionSpec.ofPrompt("Hello.")
                .withCommsName("b")
                .withPeerMeta(new PeerMeta("Knows the disks.", labels))
                .withDeferredStart());
        completed(ask(idle(meerkat, "a"), "Who is there?"));

        assertThat(lastResult(model.read(1)))
                .isEqualTo("[{\"name\":\"b\",\"description\":\"Knows the disks.\",\"intents\":{\"bad\":\"{\","
                        + "\"clean\":{},\"deep\":\"" + deepest + "\",\"disk_free\":" + schemas + "}}]");
    }

    @Test
    void aReplyThatIsWaitedForIsTheResultOfTheTool() throws Exception {
        model.asks("", "wait_for_reply", "{\"to\":\"b\",\"intent\":\"review\"}").says("yes");
        Meerkat meerkat = open(withAnsweringB(ChatAgent.of(model)));
        alive(meerkat, "b");

        assertThat(completed(ask(idle(meerkat, "a"), "Ask b.")).text()).isEqualTo("yes");
        Json told = Json.parse(lastResult(model.read(1)));
        assertThat(told.at("/result")).contains(Json.of("b says yes"));
        assertThat(told.at("/from/name")).contains(Json.of("b"));
        assertThat(told.at("/status")).contains(Json.of("completed"));
    }

    @Test
    void aTaintedReplyThatWasWaitedForTaintsWhatIsSentNowAndLater() throws Exception {
        model.asks("", "wait_for_reply", "{\"to\":\"b\",\"intent\":\"review\"}")
                .asks("", "send_message", "{\"to\":\"b\",\"text\":\"now\"}")
                .says("sent")
                .asks("", "send_message", "{\"to\":\"b\",\"text\":\"later\"}")
                .says("sent");
        Agent b = turn -> {
            for (AdmittedInput input : turn.inputs()) {
                came(input);
                if (input.body() instanceof InputBody.PeerRequest request) {
                    turn.comms()
                            .send(CommsCommand.PeerResponse.completed(
                                            PeerRef.id(request.from().id()),
                                            request.requestId(),
                                            Json.of("from the web"))
                                    .withContentTaint(ContentTaint.TAINTED));
                }
            }
            return "answered";
        };
        Meerkat meerkat = open(withB(b, ChatAgent.of(model)));
        alive(meerkat, "b");
        Session a = idle(meerkat, "a");
        completed(ask(a, "Ask b, and tell it."));
        completed(ask(a, "Tell it again."));

        Json told = Json.parse(lastResult(model.read(1)));
        assertThat(told.at("/content_taint")).contains(Json.of("tainted"));
        assertThat(told.at("/right").orElseThrow().text()).contains("data from outside");
        assertThat(cameToB().body()).isInstanceOf(InputBody.PeerRequest.class);
        for (int i = 0; i < 2; i++) {
            assertThat(cameToB().body())
                    .isInstanceOfSatisfying(
                            InputBody.PeerMessage.class,
                            message ->
                                    assertThat(message.command().contentTaint()).isEqualTo(ContentTaint.TAINTED));
        }
    }

    @Test
    void aWaitThatIsTooShortCanBeGoneOnWith() throws Exception {
        model.asks("", "wait_for_reply", "{\"to\":\"b\",\"intent\":\"review\"}");
        asksWith("wait_for_reply", "{\"request\":\"", ID, "\"}");
        model.says("none yet");
        Meerkat meerkat = open(with(ChatAgent.of(model).replyTimeout(Duration.ofMillis(30))));
        Session b = idle(meerkat, "b");
        completed(ask(idle(meerkat, "a"), "Ask b."));

        assertThat(lastResult(model.read(1))).contains("no reply within PT0.03S", "wait_for_reply");
        assertThat(lastResult(model.read(2))).contains("no reply within PT0.03S");
        assertThat(b.snapshot().waitingComms()).hasValue(2);
    }

    @Test
    void aWaitThatACloseCutsIsGoneOnWithAndTheRequestIsNotSentAgain() throws Exception {
        model.asks(
                        "",
                        "send_message",
                        "{\"to\":\"b\",\"text\":\"look out\"}",
                        "wait_for_reply",
                        "{\"to\":\"b\",\"intent\":\"review\"}")
                .says("yes");
        Agent agents = withAnsweringB(ChatAgent.of(model));
        Meerkat meerkat = open(agents);
        Session a = idle(meerkat, "a");
        Session b = idle(meerkat, "b");
        a.startTurn("Ask b.");
        event(b, 3, SessionEvent.InputAdmitted.class::isInstance);

        meerkat = open(agents);
        b = meerkat.open(b.id());
        completed(ask(b, "Answer now."));
        event(meerkat.open(a.id()), SessionEvent.TurnCompleted.class);

        assertThat(model.requests()).hasSize(2);
        assertThat(lastResult(model.read(1))).contains("b says yes");
        assertThat(atB.stream().filter(input -> input.body() instanceof InputBody.PeerRequest))
                .hasSize(1);
        assertThat(atB.stream().filter(input -> input.body() instanceof InputBody.PeerMessage))
                .hasSize(1);
    }

    @Test
    void aRequestIsRespondedToWithoutAnId() throws Exception {
        model.asks("", "respond", "{\"result\":{\"ok\":true}}").says("done");
        Meerkat meerkat = open(with(ChatAgent.of(model)));
        Session a = idle(meerkat, "a");
        Session b = idle(meerkat, "b");
        Reply reply = b.request(CommsCommand.PeerRequest.to("a", "review", Json.EMPTY_OBJECT));
        completed(ask(a, "Answer."));

        assertThat(reply.await(PATIENCE).orElseThrow().result()).isEqualTo(Json.parse("{\"ok\":true}"));
    }

    @Test
    void ofSeveralRequestsTheModelChoosesOneByItsDelivery() throws Exception {
        Pattern second = Pattern.compile(ID.pattern() + "(?= \\(second from b\\))");
        model.asks("", "respond", "{\"result\":1}");
        asksWith("respond", "{\"result\":2,\"delivery\":\"", second, "\"}");
        model.asks("", "respond", "{\"result\":1}")
                .asks("", "respond", "{\"result\":3}")
                .says("done");
        Meerkat meerkat = open(with(ChatAgent.of(model)));
        Session a = idle(meerkat, "a");
        Session b = idle(meerkat, "b");
        Reply one = b.request(CommsCommand.PeerRequest.to("a", "first", Json.EMPTY_OBJECT));
        Reply two = b.request(CommsCommand.PeerRequest.to("a", "second", Json.EMPTY_OBJECT));
        completed(ask(a, "Answer."));

        assertThat(lastResult(model.read(1))).contains("delivery must be one of", "(first from b)", "(second from b)");
        assertThat(two.await(PATIENCE).orElseThrow().result()).isEqualTo(Json.of(2));
        assertThat(one.await(PATIENCE).orElseThrow().result()).isEqualTo(Json.of(1));
        assertThat(lastResult(model.read(4))).contains("no peer waits for that");
    }

    @Test
    void aMessageIsRepliedToWithoutAnIdAlsoIfItsPeerSentSeveral() throws Exception {
        model.asks("", "reply_to_peer", "{\"text\":\"me too\"}").says("replied");
        Meerkat meerkat = open(with(ChatAgent.of(model)));
        Session a = idle(meerkat, "a");
        Session b = alive(meerkat, "b");
        b.send(CommsCommand.PeerMessage.to("a", "I am fine"));
        b.send(CommsCommand.PeerMessage.to("a", "and here"));
        completed(ask(a, "Answer."));

        assertThat(((InputBody.PeerMessage) cameToB().body()).command().body()).isEqualTo("me too");
    }

    @Test
    void whatAModelMakesOfTaintedThingsIsTainted() throws Exception {
        model.asks("", "send_message", "{\"to\":\"b\",\"text\":\"read this\"}").says("sent");
        Meerkat meerkat = open(with(ChatAgent.of(model)));
        alive(meerkat, "b");
        Session a = idle(meerkat, "a");
        a.sendExternalEvent(ExternalEvent.genericJson("mail", Json.of("a letter")));
        completed(ask(a, "Forward it."));

        assertThat(((InputBody.PeerMessage) cameToB().body()).command().contentTaint())
                .isEqualTo(ContentTaint.TAINTED);
    }

    @Test
    void wrongArgumentsAreNamedAllAtOnceAndNothingIsSent() throws Exception {
        model.asks(
                        "",
                        "send_message",
                        "{\"to\":7,\"txt\":\"x\"}",
                        "send_message",
                        "[]",
                        "wait_for_reply",
                        "{\"to\":\"b\"}",
                        "wait_for_reply",
                        "{\"request\":\"01900000-0000-7000-8000-000000000001\"}",
                        "reply_to_peer",
                        "{\"text\":\"x\"}")
                .says("sorry");
        Meerkat meerkat = open(with(ChatAgent.of(model)));
        Session b = idle(meerkat, "b");
        completed(ask(idle(meerkat, "a"), "Go."));

        assertThat(model.read(1).toString())
                .contains("txt is not known, to must be a string, text is missing")
                .contains("must be a JSON object with")
                .contains("intent must be given")
                .contains("is no request whose reply can be waited for")
                .contains("no peer waits for that");
        assertThat(b.snapshot().waitingComms()).hasValue(1);
    }

    @Test
    void aModelWakesItsSessionLaterOnceForEachCall() throws Exception {
        model.asks("", "wake_me", "{\"seconds\":600,\"note\":\"is it deployed?\"}")
                .asks("", "wake_me", "{\"seconds\":1,\"note\":\"too soon\"}")
                .asks("", "wake_me", "{\"seconds\":\"soon\",\"note\":\"no number\"}")
                .says("later");
        Session a = idle(open(with(ChatAgent.of(model))), "a");
        completed(ask(a, "Look again in ten minutes."));

        assertThat(a.schedules()).singleElement().satisfies(schedule -> {
            assertThat(schedule.spec().input().body()).isEqualTo("is it deployed?");
            assertThat(schedule.spec().input().source()).isEqualTo("wake_me");
        });
        assertThat(lastResult(model.read(1))).contains("due", "schedule");
        assertThat(lastResult(model.read(2))).contains("must be at least");
        assertThat(lastResult(model.read(3))).contains("must be a whole number");
    }

    @Test
    void schemasSayWhatIsChecked() throws Exception {
        model.says("hi");
        completed(ask(idle(open(with(ChatAgent.of(model))), "a"), "Hi."));

        assertThat(model.requests().get(0).tools())
                .allSatisfy(tool -> assertThat(tool.parameters().at("/additionalProperties"))
                        .contains(Json.parse("false")))
                .anySatisfy(tool -> {
                    assertThat(tool.name()).isEqualTo("wait_for_reply");
                    assertThat(tool.parameters().at("/required")).contains(Json.parse("[]"));
                    assertThat(tool.parameters().at("/properties/request/description"))
                            .isPresent();
                });
    }
}
