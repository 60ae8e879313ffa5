package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** External events, the status of inputs, and the log of events. Called with the lock. */
final class FakeEvents {
    private static final List<String> KINDS = List.of("generic_json", "peer_response_terminal");
    private static final int MOST_KEY_BYTES = 256;

    private final FakeServer server;

    FakeEvents(FakeServer server) {
        this.server = server;
    }

    /** What a key was used for. */
    record Keyed(ObjectNode content, FakeInput input) {}

    /** An event of the right shape and with right values, for no session yet. */
    record Event(
            String type,
            JsonNode payload,
            List<JsonNode> blocks,
            @Nullable String key) {
        ObjectNode content() {
            return Js.obj("event_type", type, "payload", payload, "blocks", Js.arr(blocks));
        }
    }

    /** Checks the shape of an event's parameters, which comes before anything else. */
    void shape(JsonNode params) {
        Shape.present(params, "kind");
        try {
            Shape.word(params, "kind", "", KINDS);
        } catch (FakeError e) {
            throw FakeError.shape(e.text() + FakeError.at(params));
        }
        if (params.path("kind").asText().equals("generic_json")) {
            Shape.text(params, "event_type");
            Shape.present(params, "payload");
        } else if (!server.line().is09()) {
            Shape.present(params, "peer_id");
        }
    }

    /** Checks the values of an event. */
    Event event(JsonNode params, String elsewhere) {
        if (params.path("kind").asText().equals("peer_response_terminal")) {
            throw FakeError.value("peer_response_terminal is reserved on " + elsewhere);
        }
        String type = params.path("event_type").asText();
        if (type.isBlank()) {
            throw FakeError.value("event_type cannot be empty");
        }
        List<JsonNode> blocks = new ArrayList<>();
        for (JsonNode block : params.path("blocks")) {
            if (!Set.of("text", "image", "video").contains(block.path("type").asText())) {
                throw FakeError.value("invalid blocks: unknown variant `"
                        + block.path("type").asText() + "`, expected one of `text`, `image`, `video`");
            }
            blocks.add(block);
        }
        // The line 0.6 takes no key, and ignores what it does not know.
        String key = server.line().is09() ? Shape.optionalText(params, "idempotency_key") : null;
        if (key != null
                && (key.isEmpty()
                        || !key.strip().equals(key)
                        || key.chars().anyMatch(Character::isISOControl)
                        || key.getBytes(StandardCharsets.UTF_8).length > MOST_KEY_BYTES)) {
            throw FakeError.value("idempotency_key must be canonical nonempty text no longer than 256 bytes");
        }
        return new Event(type, Shape.present(params, "payload"), blocks, key);
    }

    /** Admits an event, which does not wake; the answer over JSON-RPC. */
    ObjectNode admit(FakeSession session, Event event) {
        if (event.key() != null) {
            Keyed known = session.keys.get(event.key());
            if (known != null && known.content().equals(event.content())) {
                return Js.obj(
                        "outcome_type",
                        "deduplicated",
                        "input_id",
                        server.ids().timed(),
                        "existing_id",
                        known.input().id);
            } else if (known != null) {
                throw new FakeError(
                        FakeError.Kind.KEY_CONFLICT,
                        "input idempotency conflicts with existing input " + known.input().id,
                        Js.obj("code", "INPUT_IDEMPOTENCY_CONFLICT", "existing_id", known.input().id));
            }
        }
        JsonNode body = event.payload().path("body");
        FakeInput input = external(event.type(), event.payload(), event.blocks(), body.textValue(), null, false, false);
        if (event.key() != null) {
            session.keys.put(event.key(), new Keyed(event.content(), input));
        }
        return admitted(session, input);
    }

    private ObjectNode admitted(FakeSession session, FakeInput input) {
        ObjectNode answer = Js.obj("outcome_type", "accepted", "input_id", input.id, "state", input.status());
        server.turns().admit(session, input);
        return answer;
    }

    /** An event as an input: what came from outside, or a local input of {@code comms/send}. */
    FakeInput external(
            String source,
            JsonNode payload,
            List<JsonNode> blocks,
            @Nullable String body,
            @Nullable String interactionId,
            boolean wakes,
            boolean steers) {
        String summary = body == null || body.isBlank() ? "External event via " + source : body;
        ObjectNode block = Js.obj(
                "type",
                "external_event",
                "source",
                source,
                "event_type",
                source,
                "summary",
                summary,
                "body",
                body,
                "payload",
                payload.isNull() && !server.line().is09() ? null : payload,
                "content",
                blocks.isEmpty() ? null : Js.arr(blocks));
        ObjectNode row =
                Js.obj("role", "system_notice", "kind", "external_event", "body", summary, "blocks", List.of(block));
        String text = summary + "\nExternal event via " + source + ": " + (body == null ? source : body)
                + (blocks.isEmpty() ? "" : "\n" + FakeTurns.plain(Js.arr(blocks)))
                + "\nPayload: " + Js.pretty(payload);
        return new FakeInput.Form(server.ids().timed(), false, wakes, steers, row, text, interactionId, true)
                .admitted(server);
    }

    /** {@code session/peer_response_terminal}: like an event, but it wakes. */
    ObjectNode peerAnswer(FakeSession session, JsonNode params) {
        String status = Shape.word(params, "status", "", List.of("completed", "failed", "cancelled"));
        String peer = Shape.uuid(params, "peer_id");
        String request = Shape.uuid(params, "request_id");
        String name = Shape.optionalText(params, "display_name");
        JsonNode result = Shape.present(params, "result");
        FakeInput input = server.comms()
                .response(
                        new FakeComms.Sender(peer, name),
                        request,
                        status,
                        result,
                        true,
                        server.ids().random());
        return admitted(session, input);
    }

    /** Checks the shape of what {@link #peerAnswer} takes. */
    void peerAnswerShape(JsonNode params, boolean withSession) {
        Set<String> known = withSession
                ? Set.of("session_id", "peer_id", "display_name", "request_id", "status", "result")
                : Set.of("peer_id", "display_name", "request_id", "status", "result");
        Shape.only(params, known);
        Shape.uuid(params, "peer_id");
        Shape.uuid(params, "request_id");
        Shape.present(params, "status");
        Shape.word(params, "status", "", List.of("completed", "failed", "cancelled"));
        Shape.present(params, "result");
    }

    /** {@code session/input_status}. */
    ObjectNode inputStatus(FakeSession session, JsonNode params) {
        JsonNode selector = Shape.present(params, "selector");
        String value = Shape.text(selector, "value");
        FakeInput input = null;
        if (Shape.text(selector, "by").equals("input_id")) {
            if (!Shape.isUuid(value)) {
                throw FakeError.value("invalid input_id '" + value + "': UUID parsing failed");
            }
            input = session.inputs.get(value);
        } else if (value.startsWith("caller:")) {
            Keyed keyed = session.keys.get(value.substring("caller:".length()));
            input = keyed == null ? null : keyed.input();
        }
        return Js.obj("state", input == null ? null : input.status());
    }

    /** {@code events/latest_cursor}. */
    ObjectNode latest(JsonNode params) {
        FakeSession session = scoped(params);
        return Js.obj("contract_version", server.line().object(), "cursor", cursor(session, session.events.size()));
    }

    /** {@code events/snapshot}. */
    ObjectNode snapshot(JsonNode params) {
        FakeSession session = scoped(params);
        if (session.archived && server.line().is09()) {
            throw FakeError.notFound(session.id);
        }
        return Js.obj(
                "contract_version",
                server.line().object(),
                "scope",
                scope(session),
                "cursor",
                cursor(session, session.events.size()),
                "snapshot",
                Js.obj("type", "session", "session", server.sessions().read(session)));
    }

    /** {@code events/list_since}. */
    ObjectNode since(JsonNode params) {
        FakeSession session = scoped(params);
        long after = Shape.number(params.path("cursor"), "sequence", 0);
        long limit = Shape.number(params, "limit", 100);
        int latest = session.events.size();
        if (after > latest) {
            throw FakeError.value("event replay cursor sequence " + after + " is ahead of latest sequence " + latest);
        }
        if (limit < 1 || limit > 1000) {
            throw FakeError.value("limit must be from 1 to 1000");
        }
        List<ObjectNode> page = new ArrayList<>();
        for (long at = after; at < latest && page.size() < limit; at++) {
            FakeSession.Logged logged = session.events.get((int) at);
            page.add(Js.obj(
                    "event_id",
                    cursor(session, at + 1),
                    "cursor",
                    cursor(session, at + 1),
                    "timestamp_ms",
                    logged.timestamp(),
                    "source",
                    scope(session),
                    "session_id",
                    session.id,
                    "event",
                    logged.payload()));
        }
        return Js.obj(
                "contract_version",
                server.line().object(),
                "scope",
                scope(session),
                "from_cursor",
                cursor(session, after),
                "latest_cursor",
                cursor(session, latest),
                "events",
                page.isEmpty() ? null : page,
                "has_more",
                after + page.size() < latest);
    }

    private FakeSession scoped(JsonNode params) {
        if (!server.settings().logged()) {
            throw new FakeError(FakeError.Kind.NOT_ENABLED, "event replay is not enabled for this runtime host", null);
        }
        // The log outlives its session.
        return server.any(Shape.present(params, "scope"));
    }

    private static ObjectNode scope(FakeSession session) {
        return Js.obj("type", "session", "session_id", session.id);
    }

    private static ObjectNode cursor(FakeSession session, long sequence) {
        return Js.obj("scope", scope(session), "sequence", sequence);
    }
}
