package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.TransientFailureException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RecordAndReplayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final List<Object> heard = new ArrayList<>();
    private final ChatModel.Listener listener = new ChatModel.Listener() {
        @Override
        public void onDelta(ChatDelta delta) {
            heard.add(delta);
        }

        @Override
        public void onComplete() {
            heard.add("complete");
        }

        @Override
        public void onError(Throwable failure) {
            heard.add(failure);
        }
    };

    private Path file() {
        return directory.resolve("calls.jsonl");
    }

    private static ChatRequest request(String text) {
        return new ChatRequest(
                List.of(new ChatMessage.Instructions("Be brief."), new ChatMessage.User(text)), List.of());
    }

    @Test
    void whatWasSaidIsSaidAgainInTheSamePieces() {
        ScriptedModel real = ScriptedModel.create();
        real.next()
                .reasoning("Hm.")
                .text("a", "b")
                .tool("look", "{\"at\":1}")
                .usage(3, 2)
                .end();
        RecordingModel.of(real, file()).start(request("Hello."), listener);
        List<Object> recorded = List.copyOf(heard);
        heard.clear();

        ReplayModel replay = ReplayModel.of(file());
        replay.start(request("Hello."), listener);

        assertThat(heard).isEqualTo(recorded).hasSize(8);
        replay.assertUsedUp();
    }

    @Test
    void failuresCancelsAndCutsAreRecordedToo() throws Exception {
        ScriptedModel real = ScriptedModel.create();
        real.fails(new ModelException("slow down", Duration.ofSeconds(7)))
                .next()
                .text("half")
                .silence()
                .next()
                .text("cut")
                .end(FinishReason.LENGTH);
        RecordingModel recording = RecordingModel.of(real, file());
        recording.start(request("1"), listener);
        recording.start(request("2"), listener).cancel();
        recording.start(request("3"), listener);
        heard.clear();

        ReplayModel replay = ReplayModel.of(file());
        replay.start(request("1"), listener);
        replay.start(request("2"), listener);
        replay.start(request("3"), listener);

        assertThat(heard.get(0)).isInstanceOfSatisfying(ModelException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(ModelException.Kind.RATE_LIMITED);
            assertThat(((TransientFailureException) failure.getCause()).retryAfter())
                    .hasValue(Duration.ofSeconds(7));
        });
        assertThat(heard.subList(1, heard.size()))
                .containsExactly(
                        new ChatDelta.Text("half"),
                        new ChatDelta.Text("cut"),
                        new ChatDelta.Finished(FinishReason.LENGTH),
                        "complete");
    }

    @Test
    void noSecretIsWrittenAlsoIfItComesInPieces() throws Exception {
        ScriptedModel real = ScriptedModel.create();
        real.next()
                .text("the key is sk-abc", "def0123456789ABC", " as you said")
                .tool("call", "{\"api_key\":\"hunter2hunter2\",\"to\":\"x\"}")
                .end();
        String asked = "Authorization: Bearer abc.def-123456 and {\"password\":\"p4ss w0rd\"} and my-own-secret";
        RecordingModel.of(real, file())
                .without(Secrets.usual().and("my-own-secret").and(Pattern.compile("badge (\\d+)")))
                .start(request(asked + " badge 4711"), listener);

        String written = Files.readString(file());
        assertThat(written)
                .doesNotContain("def0123456789ABC", "hunter2", "abc.def-123456", "p4ss", "my-own-secret", "4711")
                .contains("the key is [scrubbed] as you said", "Bearer [scrubbed]", "badge [scrubbed]");
        assertThat(heard).contains(new ChatDelta.Text("the key is sk-abc"));
    }

    @Test
    void keysOfKnownFormsAreSecret() {
        for (String secret : List.of(
                "sk-ant-REDACTED",
                "ghp_abcdefghijklmnopqrstuvwxyz0123",
                "AKIAABCDEFGHIJKLMNOP",
                "xoxb-1234567890-abcdef",
                "AIzaSyA-abcdefghijklmnopqrstuvwxyz01",
                "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl")) {
            assertThat(Secrets.usual().scrub("use " + secret + " now")).isEqualTo("use [scrubbed] now");
        }
        assertThat(Secrets.usual().scrub("postgres://me:s3cret@host/db")).isEqualTo("postgres://me:[scrubbed]@host/db");
        assertThat(Secrets.usual().scrub("{\\\"refresh_token\\\": \\\"abc\\\"}"))
                .isEqualTo("{\\\"refresh_token\\\": \\\"[scrubbed]\\\"}");
        assertThat(Secrets.usual().scrub("OPENAI_API_KEY=abcd1234")).isEqualTo("OPENAI_API_KEY=[scrubbed]");
        assertThat(Secrets.usual().scrub("a token of thanks, 12 tokens")).isEqualTo("a token of thanks, 12 tokens");
    }

    @Test
    void aRequestThatDiffersIsRefusedWithTheDifference() {
        ScriptedModel real = ScriptedModel.create().says("one").says("two");
        RecordingModel recording = RecordingModel.of(real, file());
        recording.start(request("First."), listener);
        recording.start(request("Second."), listener);

        ReplayModel replay = ReplayModel.of(file());
        replay.start(request("Second."), listener); // the order of calls may differ
        assertThatThrownBy(() -> replay.start(request("Fist."), listener))
                .isInstanceOfSatisfying(
                        ModelException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(ModelException.Kind.REFUSED));

        assertThatThrownBy(replay::assertUsedUp)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("line 1 (- recorded, + now):\n"
                        + "    instructions: Be brief.\n"
                        + "  - user: First.\n"
                        + "  + user: Fist.\n")
                .hasMessageContaining("not used: " + file() + ", line 1");
    }

    @Test
    void aFileThatIsNoRecordingIsRefusedByLine() throws Exception {
        Files.writeString(file(), "\n{\"messages\":[{\"role\":\"user\"}]}\n");

        assertThatThrownBy(() -> ReplayModel.of(file()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2 is no recorded call")
                .hasMessageContaining("text");
    }

    /** Two sessions, of which one answers the other's request; ids differ between the runs. */
    private static Json conversation(ChatModel model, long seed) throws Exception {
        try (MeerkatHarness harness = MeerkatHarness.seeded(seed).answeredBy(ChatAgent.of(model))) {
            Session a = harness.meerkat()
                    .create(SessionSpec.ofPrompt("You ask.")
                            .withKeepAliveAs("a")
                            .withDeferredStart());
            harness.meerkat()
                    .create(SessionSpec.ofPrompt("You answer.")
                            .withKeepAliveAs("b")
                            .withDeferredStart());
            harness.settle();
            Reply one = a.request(PeerRequest.to("b", "sum", Json.parse("[1,2]")));
            harness.settle();
            PeerReply reply = one.await(PATIENCE).orElseThrow();
            return reply.result();
        }
    }

    @Test
    void aConversationIsReplayedThoughItsIdsDiffer() throws Exception {
        ChatModel answering = new ChatModel() {
            private final ScriptedModel next = ScriptedModel.create();

            @Override
            public Call start(ChatRequest request, Listener told) {
                ChatMessage last = request.messages().get(request.messages().size() - 1);
                if (last instanceof ChatMessage.User user && user.text().startsWith("{")) {
                    String delivery = Json.parse(user.text())
                            .at("/delivery")
                            .orElseThrow()
                            .as(String.class);
                    next.asks("", "respond", "{\"result\":3,\"delivery\":\"" + delivery + "\"}");
                } else {
                    next.says("answered");
                }
                return next.start(request, told);
            }
        };
        assertThat(conversation(RecordingModel.of(answering, file()), 1)).isEqualTo(Json.of(3));
        assertThat(Files.readString(file())).contains("{id-1}");

        ReplayModel replay = ReplayModel.of(file());
        assertThat(conversation(replay, 2)).isEqualTo(Json.of(3));
        replay.assertUsedUp();
    }
}
