package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The shapes of the parameters of {@code comms/send}, kind by kind. */
final class FakeCommands {
    private static final List<String> KINDS =
            List.of("input", "peer_message", "peer_lifecycle", "peer_request", "peer_response");
    private static final List<String> MODES = List.of("queue", "steer");
    private static final List<String> INTENTS = List.of("supervisor.bridge", "checksum_token");
    private static final List<String> LIFECYCLES = List.of(
            "mob.peer_added",
            "mob.peer_retired",
            "mob.peer_unwired",
            "mob.dismiss",
            "mob.kickoff_pending",
            "mob.kickoff_starting",
            "mob.kickoff_started",
            "mob.kickoff_callback_pending",
            "mob.kickoff_failed",
            "mob.kickoff_cancelled");
    private static final Map<String, Set<String>> FIELDS = Map.of(
            "input", Set.of("body", "blocks", "source", "stream", "handling_mode", "allow_self_session"),
            "peer_message", Set.of("to", "body", "blocks", "content_taint", "handling_mode"),
            "peer_lifecycle", Set.of("to", "lifecycle_kind", "params"),
            "peer_request", Set.of("to", "intent", "params", "blocks", "content_taint", "handling_mode", "stream"),
            "peer_response",
                    Set.of("to", "in_reply_to", "status", "result", "blocks", "content_taint", "handling_mode"));

    private FakeCommands() {}

    /** Checks the shape of a command, which comes before anything else. */
    static void check(JsonNode params, FakeLine line) {
        Shape.text(params, "session_id");
        Shape.present(params, "kind");
        String kind = Shape.word(params, "kind", "", KINDS);
        List<String> known = new ArrayList<>(FIELDS.getOrDefault(kind, Set.of()));
        known.addAll(List.of("session_id", "kind"));
        if (!line.is09()) {
            known.remove("content_taint");
        }
        Shape.only(params, Set.copyOf(known));
        if (!kind.equals("input")) {
            Shape.uuid(params, "to");
        }
        Shape.word(params, "handling_mode", "queue", MODES);
        Shape.word(params, "stream", "none", List.of("none", "reserve_interaction"));
        switch (kind) {
            case "input" -> {
                Shape.text(params, "body");
                Shape.word(params, "source", "rpc", List.of("tcp", "uds", "stdin", "webhook", "rpc"));
                Shape.flag(params, "allow_self_session", false, false);
            }
            case "peer_message" -> Shape.text(params, "body");
            case "peer_lifecycle" -> checkLifecycle(params, line);
            case "peer_request" -> {
                Shape.present(params, "intent");
                Shape.word(params, "intent", "", INTENTS);
                boolean token = params.path("intent").asText().equals("checksum_token");
                if (!Shape.present(params, "params")
                        .path(token ? "subject" : "command")
                        .isTextual()) {
                    throw FakeError.shape("data did not match any variant of untagged enum CommsPeerRequestParams");
                }
            }
            default -> {
                Shape.uuid(params, "in_reply_to");
                Shape.present(params, "status");
                Shape.word(params, "status", "", List.of("accepted", "completed", "failed"));
            }
        }
    }

    private static void checkLifecycle(JsonNode params, FakeLine line) {
        Shape.present(params, "lifecycle_kind");
        Shape.word(params, "lifecycle_kind", "", line.is09() ? LIFECYCLES : LIFECYCLES.subList(0, 3));
        JsonNode about = Shape.present(params, "params");
        Shape.only(about, Set.of("peer", "role", "description", "peer_spec"));
        Shape.text(about, "peer");
    }
}
