package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.internal.Spelling;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of all calls, on all surfaces and lines.
 *
 * <p>A field that is not known, but spelled almost like one that is, is refused: its sender believes that it has an effect.
 * Other unknown fields are ignored, so that clients of other versions can send theirs.
 */
public final class KnownFields {
    private static final String SESSION = "session_id";
    private static final String SYSTEM_PROMPT = "system_prompt";
    private static final Set<String> TOOL =
            Set.of("name", "description", "input_schema", "execution", "handler", "provenance");
    private static final Set<String> BLOCK = Set.of(
            "type", "text", "source", "media_type", "data", "blob_id", "uri", "duration_ms", "skill_key", "skill_name");

    /** The model is chosen by the agent, so these are read and have no effect. */
    private static final Set<String> CREATE_HINTS = Set.of("provider", "structured_output_retries", "verbose");

    private static final Set<String> CREATE_READ = Set.of(
            "prompt",
            "initial_turn",
            "keep_alive",
            "comms_name",
            "peer_meta",
            "session_events",
            "model",
            "system_prompt",
            "labels",
            "additional_instructions",
            "injected_context",
            "external_tools",
            "tools",
            "stream",
            "skill_references");

    /** What other servers let a session be built with, and an agent of this one cannot be told. */
    private static final List<String> CREATE_UNSUPPORTED = List.of(
            "max_tokens",
            "self_hosted_server_id",
            "output_schema",
            "transient_turn_context",
            "hooks_override",
            "budget_limits",
            "provider_params",
            "auth_binding",
            "preload_skills",
            "skill_refs",
            "tool_filter",
            "app_context",
            "shell_env",
            "enable_builtins",
            "enable_shell",
            "enable_memory",
            "enable_schedule",
            "enable_mob",
            "enable_web_search",
            "enable_workgraph");

    /** What a session is built with on the newer lines, and no turn can change. */
    static final List<String> BUILD_SETTINGS = List.of("max_tokens", "output_schema", "structured_output_retries");

    /** What the newer lines let a turn change, and an agent of this server cannot be told. */
    private static final List<String> TURN_OVERRIDES = List.of(
            "model",
            "provider",
            "self_hosted_server_id",
            "transient_turn_context",
            "turn_tool_overlay",
            "skill_refs",
            "provider_params",
            "auth_binding");

    /** All that the newer lines know of {@code turn/start} over JSON-RPC. */
    static final Set<String> TURN = union(
            List.of(
                    SESSION,
                    "prompt",
                    "keep_alive",
                    "session_events",
                    SYSTEM_PROMPT,
                    "additional_instructions",
                    "injected_context"),
            TURN_OVERRIDES,
            BUILD_SETTINGS);

    /** The same of older lines, REST and MCP. */
    private static final List<String> TURN_OVERRIDES_ELSEWHERE =
            List.of("peer_meta", "flow_tool_overlay", "hooks_override", "enable_web_search");

    private static final Map<String, Set<String>> OF_METHODS = Map.ofEntries(
            Map.entry("session/create", union(CREATE_READ, CREATE_HINTS, CREATE_UNSUPPORTED)),
            Map.entry(
                    "turn/start",
                    union(
                            TURN,
                            TURN_OVERRIDES_ELSEWHERE,
                            List.of("comms_name", "verbose", "tools", "tool_results", "stream"))),
            Map.entry("turn/interrupt", Set.of(SESSION)),
            Map.entry("turn/stop_run", Set.of(SESSION, "run_id", "reason")),
            Map.entry("session/list", Set.of("labels", "limit", "offset")),
            Map.entry("session/read", Set.of(SESSION, "live")),
            Map.entry("session/history", Set.of(SESSION, "limit", "offset")),
            Map.entry("session/archive", Set.of(SESSION)),
            Map.entry(
                    "session/external_event",
                    Set.of(SESSION, "kind", "event_type", "payload", "blocks", "source", "idempotency_key")),
            Map.entry(
                    "session/peer_response_terminal",
                    Set.of(SESSION, "peer_id", "display_name", "request_id", "status", "result")),
            Map.entry("session/inject_context", Set.of(SESSION, "content", "text", "source", "idempotency_key")),
            Map.entry("session/input_status", Set.of(SESSION, "selector")),
            Map.entry("session/stream_open", Set.of(SESSION, "after_sequence")),
            Map.entry("session/stream_close", Set.of("stream_id")),
            Map.entry("tools/register", Set.of("tools")),
            Map.entry("events/latest_cursor", Set.of("scope")),
            Map.entry("events/list_since", Set.of("scope", "cursor", "limit")),
            Map.entry("events/snapshot", Set.of("scope")),
            Map.entry("comms/peers", Set.of(SESSION)),
            Map.entry(
                    "comms/send",
                    Set.of(
                            SESSION,
                            "kind",
                            "to",
                            "body",
                            "blocks",
                            "source",
                            "stream",
                            "handling_mode",
                            "allow_self_session",
                            "content_taint",
                            "lifecycle_kind",
                            "intent",
                            "params",
                            "in_reply_to",
                            "status",
                            "result")),
            Map.entry("meerkat_event_stream_open", Set.of(SESSION)),
            Map.entry("meerkat_event_stream_read", Set.of("stream_id", "timeout_ms", "no_timeout")),
            Map.entry("meerkat_event_stream_close", Set.of("stream_id")));

    /** Those of objects within, and within arrays, by the field that holds them. All others hold what their senders like. */
    private static final Map<String, Set<String>> OF_OBJECTS = Map.ofEntries(
            Map.entry("peer_meta", Set.of("description", "labels")),
            Map.entry("system_prompt", Set.of("action")),
            Map.entry("prompt", BLOCK),
            Map.entry("blocks", BLOCK),
            Map.entry("injected_context", BLOCK),
            Map.entry("content", Set.of("type", "text", "blocks", "value", "uri", "label", "kind", "body")),
            Map.entry("tools", TOOL),
            Map.entry("external_tools", TOOL),
            Map.entry("tool_results", Set.of("tool_use_id", "content", "is_error")),
            Map.entry("selector", Set.of("by", "value")),
            Map.entry("scope", Set.of("type", SESSION)),
            Map.entry("cursor", Set.of("scope", "sequence")),
            Map.entry("content_taint", Set.of("declare")));

    /** Unknown fields of one call that are compared with known ones: enough for slips, few enough to cost nothing. */
    private static final int COMPARED = 100;

    private int compared;

    /** What a turn of the line 0.6 cannot change. */
    private static final List<String> FIXED_06 =
            List.of("max_tokens", "system_prompt", "output_schema", "structured_output_retries");

    private KnownFields() {}

    /**
     * Refuses fields that look like misspelled ones.
     *
     * @param method the method, or the tool where no method stands for it; of one that is not known, nothing is checked
     * @throws WireFault if a field, or one of an object within, is probably meant to be another
     */
    public static void checkSpelling(String method, ObjectNode params) {
        Set<String> known = OF_METHODS.get(method);
        if (known != null) {
            new KnownFields().check(params, known, "");
        }
    }

    /**
     * Refuses fields that look like misspelled ones, where no method but a route knows them.
     *
     * @throws WireFault if a field is probably meant to be another
     */
    public static void checkSpelling(ObjectNode given, Set<String> known) {
        new KnownFields().check(given, known, "");
    }

    /**
     * Refuses what a new session cannot be given.
     *
     * @param toolsHeld whether the caller answers calls of {@code external_tools}
     * @throws WireFault naming the field
     */
    public static void checkCreate(Params params, boolean toolsHeld) {
        String problem = "is not supported by this server";
        refuse(params, CREATE_UNSUPPORTED, problem);
        if (!toolsHeld) {
            refuse(params, List.of("external_tools"), problem);
        }
    }

    /**
     * Refuses what a turn cannot change.
     *
     * @param systemPrompts whether a turn may bring a system prompt of its own
     * @throws WireFault naming the field
     */
    public static void checkOverrides(Params params, boolean systemPrompts) {
        String problem = "cannot be changed by a turn of this server";
        if (!systemPrompts) {
            refuse(params, List.of(SYSTEM_PROMPT), problem);
        }
        refuse(params, TURN_OVERRIDES, problem);
        refuse(params, BUILD_SETTINGS, problem);
        refuse(params, TURN_OVERRIDES_ELSEWHERE, problem);
    }

    /** Refuses what a line does not take in {@code turn/start}. */
    public static void checkTurn(Params params, ContractLine line) {
        if (!line.knowsFieldsOfTurns()) {
            List<String> refused = FIXED_06.stream().filter(params::has).toList();
            if (!refused.isEmpty()) {
                throw Faults.badRequest("Cannot override " + String.join(", ", refused) + " on a runtime-routed turn;"
                        + " set these at session/create time or use a deferred session");
            }
            return;
        }
        params.only(TURN);
        BUILD_SETTINGS.stream().filter(params::has).findFirst().ifPresent(setting -> {
            throw Faults.badRequest(setting + " is a build setting fixed when the session's agent is built; a turn"
                    + " cannot override it (set it on session/create, a deferred create included)");
        });
    }

    private static void refuse(Params params, List<String> fields, String problem) {
        fields.stream()
                .filter(field -> asksForSomething(params.node(field)))
                .findFirst()
                .ifPresent(field -> {
                    throw Faults.unsupportedField(field, params.node(field), problem);
                });
    }

    /** Clients send null, false, or nothing at all in a list for what they do not want. */
    private static boolean asksForSomething(JsonNode value) {
        boolean nothing = value.isMissingNode()
                || value.isNull()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isContainerNode() && value.isEmpty())
                || (value.isTextual() && value.textValue().isEmpty());
        return !nothing;
    }

    private void check(ObjectNode object, Set<String> known, String path) {
        object.properties().forEach(field -> {
            String name = field.getKey();
            if (known.contains(name)) {
                within(field.getValue(), OF_OBJECTS.get(name), path + name);
            } else if (compared++ < COMPARED) {
                Spelling.meant(name, known).ifPresent(other -> {
                    throw Faults.misspelledField(path + name, field.getValue(), path + other);
                });
            }
        });
    }

    private void within(JsonNode value, @Nullable Set<String> known, String path) {
        if (known == null) {
            return;
        }
        if (value instanceof ObjectNode object) {
            check(object, known, path + ".");
        } else if (value.isArray()) {
            value.forEach(element -> within(element, known, path.endsWith("[]") ? path : path + "[]"));
        }
    }

    private static Set<String> union(Collection<String> one, Collection<String> two, Collection<String> three) {
        return Stream.of(one, two, three).flatMap(Collection::stream).collect(Collectors.toUnmodifiableSet());
    }
}
