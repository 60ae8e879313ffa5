package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.agent.ContextPolicy;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnOutcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Conversations that grow too long for their model. */
abstract class ChatContextChapter extends ChatChapter {
    private static final String LONG = "x".repeat(400);

    private static void assertNoCallIsOrphaned(List<ChatMessage> messages) {
        List<String> open = new ArrayList<>();
        for (ChatMessage message : messages) {
            if (message instanceof ChatMessage.ToolResult result) {
                assertThat(open.remove(result.id())).as("a call for %s", result).isTrue();
            } else {
                assertThat(open).as("calls without results before %s", message).isEmpty();
            }
            if (message instanceof ChatMessage.Assistant said) {
                said.calls().forEach(call -> open.add(call.id()));
            }
        }
        assertThat(open).isEmpty();
    }

    private static void assertStartsWith(List<ChatMessage> messages, List<ChatMessage> prefix) {
        assertThat(messages).startsWith(prefix.toArray(ChatMessage[]::new));
    }

    @Test
    void theOldestPartIsLeftOutWithANoticeAndTheLogStaysWhole() throws Exception {
        Session a = idle(open(ChatAgent.of(model).context(new ContextPolicy.DropOldest(1_000))), "a");
        for (int i = 1; i <= 4; i++) {
            model.says("answer " + i);
            completed(ask(a, "prompt " + i + " " + LONG));
        }

        assertStartsWith(model.read(1), model.read(0));
        List<ChatMessage> cut = model.read(2);
        assertThat(cut.get(0)).isEqualTo(new ChatMessage.Instructions("Be brief."));
        assertThat(notices(cut))
                .singleElement()
                .satisfies(notice ->
                        assertThat(notice.at("/text").orElseThrow().text()).contains("left out"));
        assertThat(cut.toString()).contains("prompt 3").doesNotContain("prompt 1");
        assertThat(a.history(0, 100).entries().toString())
                .contains("prompt 1", "prompt 2", "prompt 3", "prompt 4", "answer 1");
        event(a, SessionEvent.TranscriptCompacted.class);
    }

    @Test
    void aSummaryStandsForTheOldestPartAndIsMadeOnceAlsoAfterAFailure() throws Exception {
        ChatAgent agent = ChatAgent.of(model).context(new ContextPolicy.Compact(1_000));
        Session a = idle(open(agent), "a");
        for (int i = 1; i <= 2; i++) {
            model.says("answer " + i);
            completed(ask(a, "prompt " + i + " " + LONG));
        }
        model.says("They said x.")
                .then(listener -> listener.onError(new ModelException(ModelException.Kind.OVERLOADED, "busy", null)))
                .says("answer 3");
        completed(ask(a, "prompt 3 " + LONG));

        assertThat(last(model.read(2))).contains("summary");
        assertThat(model.requests()).hasSize(5);
        assertThat(model.read(4)).isEqualTo(model.read(3));
        assertThat(notices(model.read(3)))
                .singleElement()
                .satisfies(notice -> assertThat(notice.at("/text")).contains(Json.of("They said x.")));
        assertThat(a.history(0, 100).entries())
                .filteredOn(TranscriptEntry.Compacted.class::isInstance)
                .hasSize(1);

        model.says("answer 4");
        a = open(agent).open(a.id());
        completed(ask(a, "short"));
        assertStartsWith(model.read(5), model.read(4));
    }

    @Test
    void aLongTurnKeepsItsPromptAndItsCallsWithTheirResults() throws Exception {
        ChatTool read = new ChatTool("read", "Reads.", SCHEMA, (args, key) -> Json.of(LONG));
        for (int i = 0; i < 8; i++) {
            model.asks("step " + i, "read", "{}", "read", "{}");
        }
        model.says("read");
        Session a = idle(open(ChatAgent.of(model).tools(read).context(new ContextPolicy.DropOldest(2_000))), "a");
        completed(ask(a, "Read it all."));

        assertThat(model.requests()).hasSize(9).allSatisfy(request -> {
            assertNoCallIsOrphaned(request.messages());
            assertThat(request.messages())
                    .contains(new ChatMessage.Instructions("Be brief."), new ChatMessage.User("Read it all."));
            assertThat(request.messages().toString().length()).isLessThan(4_000);
        });
    }

    @Test
    void whatAProviderRefusesAsTooLongIsShortenedOnce() throws Exception {
        Session a = idle(open(ChatAgent.of(model).context(new ContextPolicy.DropOldest(100_000))), "a");
        model.says("answer 1");
        completed(ask(a, "prompt 1 " + LONG));
        model.then(listener ->
                        listener.onError(new ModelException(ModelException.Kind.CONTEXT_TOO_LONG, "too long", null)))
                .says("answer 2");

        assertThat(completed(ask(a, "prompt 2")).text()).isEqualTo("answer 2");
        assertThat(model.read(2).toString()).contains("prompt 2", "left out").doesNotContain("prompt 1");
    }

    @Test
    void aConversationThatMustNotBeShortenedFailsAtOnce() throws Exception {
        model.then(listener ->
                listener.onError(new ModelException(ModelException.Kind.CONTEXT_TOO_LONG, "too long", null)));
        Session a = idle(open(ChatAgent.of(model)), "a");

        assertThat(ask(a, "prompt"))
                .isInstanceOfSatisfying(
                        TurnOutcome.Failed.class, end -> assertThat(end.code()).isEqualTo("model_context_too_long"));
        assertThat(model.requests()).hasSize(1);
    }
}
