package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One turn, with the events that tell of it.
 *
 * @param server where it runs
 * @param session whose it is
 * @param inputs what it took up
 * @param id its id
 * @param messageId the id of its answer
 */
record Run(FakeServer server, FakeSession session, List<FakeInput> inputs, String id, String messageId) {

    /** What the model reads. */
    String text() {
        return inputs.stream().map(input -> input.text).collect(Collectors.joining("\n"));
    }

    private boolean is09() {
        return server.line().is09();
    }

    /** The interaction that it is, if it is one. */
    private @Nullable String interaction() {
        return inputs.size() == 1 ? inputs.get(0).interactionId : null;
    }

    private @Nullable ObjectNode identity() {
        if (!is09()) {
            return null;
        }
        boolean typed = inputs.size() == 1 && inputs.get(0).prompt;
        return Js.obj("interaction_id", interaction(), "run_id", id, "turn_input", typed ? "typed_text" : null);
    }

    private @Nullable String message() {
        return is09() ? messageId : null;
    }

    /** The transcript row of an input. */
    ObjectNode row(FakeInput input) {
        ObjectNode row = input.row.deepCopy();
        if (!is09()) {
            return row;
        }
        if (input.prompt) {
            return row.put("interaction_id", input.interactionId).put("run_id", id);
        }
        row.set(
                "runtime_origin",
                Js.obj("session_id", session.id, "run_id", id, "input_id", input.id, "append_ordinal", 0));
        return row;
    }

    /** The transcript row of the answer. */
    ObjectNode answer(String text) {
        return Js.obj(
                "role",
                "block_assistant",
                "blocks",
                List.of(Js.obj("block_type", "text", "data", Js.obj("text", text))),
                "stop_reason",
                "end_turn",
                "interaction_id",
                is09() ? interaction() : null,
                "run_id",
                is09() ? id : null,
                "assistant_message_id",
                message());
    }

    void started() {
        if (is09()) {
            JsonNode content = inputs.size() == 1
                    ? FakeTurns.content(inputs.get(0))
                    : Js.arr(inputs.stream().map(input -> Js.text(input.text)).toList());
            ObjectNode input = Js.obj("kind", "content", "content", content);
            emit("run_started", "session_id", session.id, "identity", identity(), "input", input);
        } else {
            emit("run_started", "session_id", session.id, "prompt", prompt());
        }
        emit("turn_started", "turn_number", 0, "assistant_message_id", message());
    }

    /** What a turn of the line 0.6 takes up: one text, unless there are images among it. */
    private JsonNode prompt() {
        if (inputs.size() == 1) {
            return FakeTurns.content(inputs.get(0));
        }
        List<JsonNode> blocks = new ArrayList<>();
        for (FakeInput input : inputs) {
            blocks.add(Js.text(input.text));
            input.row.at("/blocks/0/content").forEach(block -> {
                if (block.has("media_type")) {
                    blocks.add(block);
                }
            });
        }
        return blocks.size() == inputs.size() ? Js.node(text()) : Js.arr(blocks);
    }

    void completed(String text) {
        emit("text_delta", "delta", text, "assistant_message_id", message());
        emit("text_complete", "content", text, "assistant_message_id", message());
        emit("turn_completed", "stop_reason", "end_turn", "usage", usage(1), "assistant_message_id", message());
        // Of the whole session so far, as on the real servers.
        emit(
                "run_completed",
                "session_id",
                session.id,
                "identity",
                identity(),
                "result",
                text,
                "extraction_required",
                false,
                "usage",
                usage(session.modelCalls),
                "assistant_message_id",
                message());
    }

    /** Tells that it failed; the class is one of the real servers' words. */
    void failed(String errorClass, String message) {
        ObjectNode report = Js.obj("class", errorClass, "message", message);
        if (is09()) {
            emit("run_failed", "session_id", session.id, "identity", identity(), "error_report", report);
        } else {
            emit(
                    "run_failed",
                    "session_id",
                    session.id,
                    "error_class",
                    errorClass,
                    "error",
                    message,
                    "error_report",
                    report);
        }
    }

    private ObjectNode usage(int modelCalls) {
        int tokens = server.settings().tokens() * modelCalls;
        return Js.obj(
                "input_tokens",
                tokens,
                "output_tokens",
                tokens,
                "cache_creation_tokens",
                NullNode.instance,
                "cache_read_tokens",
                NullNode.instance);
    }

    private void emit(String type, @Nullable Object... fields) {
        ObjectNode payload = Js.obj("type", type);
        payload.setAll(Js.obj(fields));
        long timestamp = server.millis();
        session.events.add(new FakeSession.Logged(timestamp, payload));
        ObjectNode envelope = Js.obj(
                "event_id",
                server.ids().timed(),
                "source",
                Js.obj("type", "session", "session_id", session.id),
                "source_id",
                is09() ? null : "session:" + session.id,
                "seq",
                session.events.size(),
                "timestamp_ms",
                timestamp,
                "payload",
                payload);
        if (!session.mobMember && inputs.stream().allMatch(input -> input.copies)) {
            server.copies().send(session.id, envelope);
        }
        List.copyOf(session.watchers).forEach(watcher -> watcher.event(envelope));
    }
}
