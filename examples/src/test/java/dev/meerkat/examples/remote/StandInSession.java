package dev.meerkat.examples.remote;

import dev.meerkat.api.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A session of the stand-in. Confined to the thread that serves. */
final class StandInSession {
    private static final long CREATED_SECONDS = 1_795_384_284;
    private static final String CREATED = "2026-11-22T21:51:24Z";

    private final String id;
    private final Map<String, Object> labels = new HashMap<>();
    private final List<Map<String, Object>> messages = new ArrayList<>();
    /** Events that wait for the next turn. */
    private final List<Map<String, Object>> waiting = new ArrayList<>();

    private final List<Map<String, Object>> log = new ArrayList<>();
    private final Map<String, String> keys = new HashMap<>();
    private final Map<String, String> states = new HashMap<>();
    private String lastAnswer = "";

    StandInSession(String id, Json params) {
        this.id = id;
        Map<?, ?> given = params.at("/labels").orElse(Json.EMPTY_OBJECT).as(Map.class);
        given.forEach((name, value) -> labels.put(String.valueOf(name), value));
    }

    String id() {
        return id;
    }

    boolean hasLabels(Json query) {
        Map<?, ?> wanted = query.at("/labels").orElse(Json.EMPTY_OBJECT).as(Map.class);
        return labels.entrySet().containsAll(wanted.entrySet());
    }

    Map<String, Object> row() {
        return Map.of(
                "session_id", id,
                "created_at", CREATED_SECONDS,
                "updated_at", CREATED_SECONDS,
                "message_count", messages.size(),
                "is_active", false,
                "labels", labels,
                "last_assistant_text", lastAnswer);
    }

    Map<String, Object> turnResult(String text, int turns) {
        Map<String, Object> usage = Map.of("input_tokens", turns, "output_tokens", turns, "total_tokens", 2 * turns);
        return Map.of("session_id", id, "text", text, "turns", turns, "tool_calls", 0, "usage", usage);
    }

    Map<String, Object> history(int offset, int limit) {
        List<Map<String, Object>> page = page(messages, offset, limit);
        return Map.of(
                "session_id", id,
                "message_count", messages.size(),
                "offset", offset,
                "limit", limit,
                "has_more", offset + page.size() < messages.size(),
                "messages", page);
    }

    private static <T> List<T> page(List<T> all, int offset, int limit) {
        int from = Math.min(offset, all.size());
        return all.subList(from, Math.min(all.size(), from + limit));
    }

    /** Admits an event; it wakes nobody. */
    Map<String, Object> event(Json params) {
        String input = UUID.randomUUID().toString();
        String key = StandIn.text(params, "/idempotency_key", input);
        String first = keys.putIfAbsent(key, input);
        if (first != null) {
            return Map.of("outcome_type", "deduplicated", "input_id", input, "existing_id", first);
        }
        String type = StandIn.text(params, "/event_type", "response");
        Json payload = params.at("/payload").orElse(Json.NULL);
        Map<String, Object> block = new HashMap<>();
        block.put("type", "external_event");
        block.put("source", type);
        block.put("event_type", type);
        block.put("payload", payload.equals(Json.NULL) ? null : payload.as(Object.class));
        waiting.add(Map.of(
                "role",
                "system_notice",
                "kind",
                "external_event",
                "body",
                "External event via " + type,
                "blocks",
                List.of(block),
                "created_at",
                CREATED));
        states.put(input, "queued");
        return Map.of("outcome_type", "accepted", "input_id", input, "state", state(input));
    }

    private Map<String, Object> state(String input) {
        return Map.of(
                "input_id",
                input,
                "current_state",
                states.get(input),
                "attempt_count",
                0,
                "recovery_count",
                0,
                "created_at",
                CREATED,
                "updated_at",
                CREATED);
    }

    Map<String, Object> status(String input) {
        return states.containsKey(input) ? Map.of("state", state(input)) : Map.of();
    }

    Map<String, Object> context(Json params) {
        String key = StandIn.text(params, "/idempotency_key", UUID.randomUUID().toString());
        boolean added = keys.putIfAbsent("context:" + key, "") == null;
        if (added) {
            String text = StandIn.text(params, "/content/text", "");
            messages.add(Map.of("role", "system", "content", text, "created_at", CREATED));
        }
        return Map.of("status", added ? "applied" : "duplicate");
    }

    /** Runs a turn on what waits and the prompt, and gives its events as they go to streams. */
    List<Map<String, Object>> run(String prompt, String answer) {
        String run = UUID.randomUUID().toString();
        messages.addAll(waiting);
        waiting.clear();
        states.replaceAll((input, state) -> "consumed");
        messages.add(Map.of("role", "user", "content", prompt, "run_id", run, "created_at", CREATED));
        Map<String, Object> text = Map.of("block_type", "text", "data", Map.of("text", answer));
        messages.add(Map.of(
                "role",
                "block_assistant",
                "blocks",
                List.of(text),
                "stop_reason",
                "end_turn",
                "run_id",
                run,
                "created_at",
                CREATED));
        lastAnswer = answer;
        Map<String, Object> identity = Map.of("run_id", run);
        return List.of(
                envelope(Map.of(
                        "type",
                        "run_started",
                        "session_id",
                        id,
                        "identity",
                        identity,
                        "input",
                        Map.of("kind", "content", "content", prompt))),
                envelope(Map.of("type", "text_delta", "delta", answer)),
                envelope(Map.of(
                        "type",
                        "run_completed",
                        "session_id",
                        id,
                        "identity",
                        identity,
                        "result",
                        answer,
                        "extraction_required",
                        false,
                        "usage",
                        Map.of("input_tokens", 1, "output_tokens", 1))));
    }

    private Map<String, Object> envelope(Map<String, Object> payload) {
        log.add(payload);
        return Map.of(
                "event_id", UUID.randomUUID().toString(),
                "source", scope(),
                "seq", log.size(),
                "timestamp_ms", CREATED_SECONDS * 1000,
                "payload", payload);
    }

    private Map<String, Object> scope() {
        return Map.of("type", "session", "session_id", id);
    }

    int lastPosition() {
        return log.size();
    }

    Map<String, Object> cursor(int position) {
        return Map.of("scope", scope(), "sequence", position);
    }

    Map<String, Object> since(int after, int limit) {
        List<Map<String, Object>> events = new ArrayList<>();
        for (int i = after; i < Math.min(log.size(), after + limit); i++) {
            events.add(Map.of(
                    "event_id", cursor(i + 1),
                    "cursor", cursor(i + 1),
                    "timestamp_ms", CREATED_SECONDS * 1000,
                    "source", scope(),
                    "session_id", id,
                    "event", log.get(i)));
        }
        return Map.of(
                "scope", scope(),
                "from_cursor", cursor(after),
                "latest_cursor", cursor(log.size()),
                "events", events,
                "has_more", after + limit < log.size());
    }
}
