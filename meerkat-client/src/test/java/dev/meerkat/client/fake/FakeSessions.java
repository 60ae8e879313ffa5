package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The calls on sessions and turns. Called with the lock. */
final class FakeSessions {
    private static final Set<String> PROVIDERS = Set.of("anthropic", "openai", "gemini", "self_hosted");
    private static final Set<String> RESERVED = Set.of("mob_id", "role", "meerkat_id", "meerkat");

    /** The fields that {@code turn/start} of 0.9 takes. */
    private static final Set<String> TURN_FIELDS = Set.of(
            "session_id",
            "prompt",
            "keep_alive",
            "session_events",
            "model",
            "provider",
            "self_hosted_server_id",
            "system_prompt",
            "additional_instructions",
            "injected_context",
            "transient_turn_context",
            "turn_tool_overlay",
            "skill_refs",
            "provider_params",
            "auth_binding",
            "max_tokens",
            "output_schema",
            "structured_output_retries");

    private final FakeServer server;

    FakeSessions(FakeServer server) {
        this.server = server;
    }

    /** A new session, and the prompt of its first turn if that was begun. */
    record New(FakeSession session, @Nullable FakeInput first) {}

    /** Creates a session; deferred is only known over JSON-RPC. */
    New create(JsonNode params, boolean deferred, boolean copies) {
        JsonNode prompt = Shape.content(params, "prompt");
        String provider = Shape.optionalText(params, "provider");
        if (provider != null && !PROVIDERS.contains(provider)) {
            throw FakeError.value(
                    "unknown provider '" + provider + "' (expected anthropic, openai, gemini, or self_hosted)");
        }
        labels(params.path("labels"));
        labels(params.path("peer_meta").path("labels"));
        FakeSession session = new FakeSession(server, (ObjectNode) params, false);
        if (server.line().is09() && session.keepAlive && taken(session.name)) {
            // A running 0.9.8 answers, lists it, and never brings it to life.
            server.all().put(session.id, session);
            return new New(session, null);
        }
        if (deferred || session.keepAlive && session.name == null) {
            session.stash = prompt;
            server.all().put(session.id, session);
            return new New(session, null);
        }
        server.all().put(session.id, session);
        server.turns().materialize(session);
        FakeInput first = server.turns().prompt(prompt, copies);
        server.turns().admit(session, first);
        return new New(session, first);
    }

    private boolean taken(@Nullable String name) {
        return server.all().values().stream()
                .anyMatch(other -> other.name != null && other.name.equals(name) && other.hasComms());
    }

    private static void labels(JsonNode labels) {
        for (Map.Entry<String, JsonNode> label : labels.properties()) {
            String key = label.getKey().toLowerCase(Locale.ROOT);
            if (RESERVED.contains(key) || key.startsWith("meerkat.")) {
                throw FakeError.value(
                        "metadata label key '" + label.getKey() + "' is reserved for Meerkat-owned runtime facts");
            }
        }
    }

    /** Makes the comms inbox of a session into turns from now on. */
    void keepAlive(FakeSession session, JsonNode params) {
        if (!params.path("keep_alive").isBoolean()) {
            return;
        }
        boolean keep = params.path("keep_alive").booleanValue();
        if (keep && session.name == null) {
            throw FakeError.value("keep_alive requires a session created with comms_name");
        }
        session.keepAlive = keep;
        while (keep && !session.undrained.isEmpty()) {
            server.turns().admit(session, session.undrained.remove());
        }
    }

    /** Begins a turn; the future of the prompt has its result. */
    FakeInput turn(FakeSession session, JsonNode params, boolean copies) {
        JsonNode prompt = Shape.content(params, "prompt");
        keepAlive(session, params);
        JsonNode stash = session.stash;
        if (stash != null) {
            prompt = TextNode.valueOf(FakeTurns.plain(stash) + "\n\n" + FakeTurns.plain(prompt));
            session.stash = null;
        }
        FakeInput input = server.turns().prompt(prompt, copies);
        server.turns().admit(session, input);
        return input;
    }

    /** {@code turn/start} over JSON-RPC. */
    FakeInput rpcTurn(JsonNode params) {
        Shape.text(params, "session_id");
        Shape.content(params, "prompt");
        if (server.line().is09()) {
            Shape.only(params, TURN_FIELDS);
        }
        for (String fixed : List.of("max_tokens", "output_schema", "structured_output_retries")) {
            if (!params.path(fixed).isMissingNode()) {
                throw FakeError.value(fixed + " is a build setting fixed when the session's agent is built; a turn"
                        + " cannot override it (set it on session/create, a deferred create included)");
            }
        }
        boolean copies = !server.line().is09() || Shape.flag(params, "session_events", true, false);
        return turn(server.running(params), params, copies);
    }

    /** Stops the running turn; whether there was a session to stop it in. */
    boolean interrupt(FakeSession session) {
        server.turns().interrupt(session);
        return session.live || session.stash == null || !server.line().is09();
    }

    ObjectNode list(JsonNode params) {
        long offset = Shape.number(params, "offset", 0);
        long limit = Shape.number(params, "limit", server.line().is09() ? 100 : Long.MAX_VALUE);
        if (server.line().is09() && limit > 1000) {
            throw FakeError.value("limit must be at most 1000");
        }
        JsonNode labels = params.path("labels");
        List<ObjectNode> rows = server.all().values().stream()
                .filter(session -> !session.archived)
                .filter(session -> fits(session, labels))
                .sorted(Comparator.comparingLong((FakeSession session) -> session.updatedAt)
                        .reversed())
                .skip(offset)
                .limit(limit)
                .map(session -> row(session, listedLabels(session)))
                .toList();
        return Js.obj("sessions", rows);
    }

    private boolean fits(FakeSession session, JsonNode labels) {
        return labels.properties().stream()
                .allMatch(label -> label.getValue().equals(listedLabels(session).get(label.getKey())));
    }

    /** A running 0.9.8 forgets the labels of what it lists once it has run. */
    private ObjectNode listedLabels(FakeSession session) {
        return server.line().is09() && session.live ? Js.obj() : session.labels;
    }

    private ObjectNode row(FakeSession session, ObjectNode labels) {
        ObjectNode row = server.about(session);
        row.setAll(Js.obj(
                "created_at",
                session.createdAt / 1000,
                "updated_at",
                session.updatedAt / 1000,
                "message_count",
                session.rows.size(),
                "total_tokens",
                2 * server.settings().tokens() * session.modelCalls,
                "is_active",
                session.running,
                "labels",
                labels.isEmpty() ? null : labels));
        return row;
    }

    /** {@code session/read}, without the session reference. */
    ObjectNode read(FakeSession session) {
        String last = null;
        for (ObjectNode row : session.rows) {
            if (row.path("role").asText().equals("block_assistant")) {
                last = row.at("/blocks/0/data/text").asText();
            }
        }
        return Js.obj(
                "session_id",
                session.id,
                "created_at",
                session.createdAt / 1000,
                "updated_at",
                session.updatedAt / 1000,
                "message_count",
                session.rows.size(),
                "is_active",
                session.running,
                "model",
                session.model,
                "provider",
                server.settings().provider(),
                "last_assistant_text",
                session.running ? null : last,
                "labels",
                session.labels.isEmpty() ? null : session.labels);
    }

    /** {@code GET /sessions/{id}}. */
    ObjectNode restRead(FakeSession session) {
        ObjectNode answer = row(session, session.labels);
        answer.remove("is_active");
        answer.put("created_at", rfc3339(session.createdAt));
        return answer.put("updated_at", rfc3339(session.updatedAt));
    }

    private static String rfc3339(long millis) {
        return Instant.ofEpochMilli(millis).toString().replace("Z", "+00:00");
    }

    /** A page of a transcript; otherwise is the limit that is meant when none is given, null for all. */
    ObjectNode history(FakeSession session, JsonNode params, @Nullable Long otherwise) {
        long offset = Math.min(Shape.number(params, "offset", 0), session.rows.size());
        long limit = Shape.number(params, "limit", otherwise == null ? Long.MAX_VALUE : otherwise);
        List<ObjectNode> page = session.rows.stream().skip(offset).limit(limit).toList();
        ObjectNode answer = server.about(session);
        answer.setAll(Js.obj(
                "message_count",
                session.rows.size(),
                "offset",
                offset,
                "limit",
                limit == Long.MAX_VALUE ? null : limit,
                "has_more",
                offset + page.size() < session.rows.size(),
                "messages",
                page));
        return answer;
    }

    /** Ends a session; nothing is kept of one that never ran. */
    void archive(FakeSession session) {
        if (session.rows.isEmpty()) {
            server.all().remove(session.id);
        }
        session.archived = true;
        session.updatedAt = server.millis();
        server.turns().interrupt(session);
        FakeError gone = new FakeError(FakeError.Kind.CANCELLED, "request cancelled", null);
        session.waiting.forEach(input -> input.outcome.completeExceptionally(gone));
        session.waiting.clear();
        List.copyOf(session.watchers).forEach(FakeSession.Watcher::ended);
        session.watchers.clear();
        server.all().values().forEach(other -> other.trusted.remove(session.peerId));
    }

    /** {@code session/inject_context}: the status. */
    String inject(FakeSession session, JsonNode params) {
        boolean is09 = server.line().is09();
        JsonNode content = is09 ? Shape.present(params, "content") : TextNode.valueOf(Shape.text(params, "text"));
        String key = Shape.optionalText(params, "idempotency_key");
        if (key != null) {
            JsonNode known = session.contextKeys.putIfAbsent(key, content);
            if (known != null && known.equals(content)) {
                return "duplicate";
            } else if (known != null) {
                throw FakeError.value("system-context idempotency conflict for key '" + key + "'");
            }
        }
        String text =
                content.isTextual() ? content.textValue() : content.path("text").asText(Js.write(content));
        if (is09) {
            // The line 0.6 gives it to the model with the next turn, and shows it in no transcript.
            session.rows.add(Js.obj("role", "system", "content", text, "created_at", server.now()));
            session.updatedAt = server.millis();
        }
        return is09 ? "applied" : "staged";
    }
}
