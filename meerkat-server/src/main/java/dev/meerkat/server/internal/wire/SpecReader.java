package dev.meerkat.server.internal.wire;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.comms.BlockForm;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the parameters of {@code session/create}. */
public final class SpecReader {
    private static final String KEEP_ALIVE_NEEDS_NAME = "keep_alive requires a session created with comms_name";
    private static final Set<String> RESERVED_LABELS = Set.of("mob_id", "role", "meerkat_id", "meerkat");
    private static final Set<String> PROVIDERS = Set.of("anthropic", "openai", "gemini", "self_hosted");

    /** How the first turn starts; {@code none} is of this server alone. */
    private static final Set<String> STARTS = Set.of("run_immediately", "deferred", "none");

    private SpecReader() {}

    /** Reads what a session of a realm is to be. */
    public static SessionSpec read(Params params, String realm) {
        checkRetired(params);
        String start = params.oneOf("initial_turn", STARTS).orElse("");
        SessionSpec spec = (start.equals("none")
                        ? withoutPrompt(params)
                        : SessionSpec.ofPrompt(prompt(params, List.of())))
                .withRealm(realm);
        spec = params.optionalText("comms_name").map(spec::withCommsName).orElse(spec);
        if (params.flag("keep_alive")) {
            if (!params.has("comms_name")) {
                throw keepAliveNeedsName();
            }
            spec = spec.withKeepAlive(true);
        }
        if (start.equals("deferred")) {
            spec = spec.withDeferredStart();
        }
        spec = params.optionalText("model").map(spec::withModel).orElse(spec);
        spec = systemPrompt(params).map(spec::withSystemPrompt).orElse(spec);
        return spec.withLabels(labels(params, "labels")).withPeerMeta(peerMeta(params));
    }

    private static SessionSpec withoutPrompt(Params params) {
        for (String field : List.of("prompt", "additional_instructions", "injected_context")) {
            if (params.has(field)) {
                throw Faults.badRequest(field + " cannot be given with initial_turn none");
            }
        }
        return SessionSpec.withoutPrompt();
    }

    /** The prompt of a turn, with all that comes before it: a system prompt, which is added to the transcript, first. */
    public static InputBody.Prompt turn(Params params) {
        List<String> first = params.optionalText("system_prompt")
                .filter(text -> !text.isEmpty())
                .map(List::of)
                .orElse(List.of());
        return prompt(params, first);
    }

    /** A prompt with the instructions and the context that come before it. */
    private static InputBody.Prompt prompt(Params params, List<String> first) {
        InputBody.Prompt prompt = BlockForm.prompt(params, "prompt");
        List<String> instructions = new ArrayList<>(first);
        instructions.addAll(params.textList("additional_instructions"));
        instructions.addAll(ContextReader.injected(params));
        return new InputBody.Prompt(prompt.text(), prompt.blocks(), instructions);
    }

    /** A text, or an object that says that there is none. */
    private static Optional<String> systemPrompt(Params params) {
        if (!params.node("system_prompt").isObject()) {
            return params.optionalText("system_prompt");
        }
        Params object = params.object("system_prompt");
        String unused = object.oneOf("action", Set.of("disable")).orElseThrow(() -> object.missing("action"));
        return Optional.empty();
    }

    /** A keep-alive session without a name. */
    public static WireFault keepAliveNeedsName() {
        return Faults.badRequest(KEEP_ALIVE_NEEDS_NAME);
    }

    private static void checkRetired(Params params) {
        if (params.has("skill_references")) {
            throw Faults.badRequest("skill_references is retired; use structured skill_refs");
        }
        params.optionalText("provider")
                .filter(name -> !PROVIDERS.contains(name))
                .ifPresent(name -> {
                    throw Faults.badRequest(
                            "unknown provider '" + (name.length() <= 64 ? name : name.substring(0, 64) + "...")
                                    + "' (expected anthropic, openai, gemini, or self_hosted)");
                });
    }

    private static PeerMeta peerMeta(Params params) {
        return params.optionalObject("peer_meta")
                .map(meta -> new PeerMeta(meta.optionalText("description").orElse(""), labels(meta, "labels")))
                .orElse(PeerMeta.NONE);
    }

    private static Map<String, String> labels(Params params, String field) {
        Map<String, String> labels = params.texts(field);
        for (String key : labels.keySet()) {
            String lower = key.toLowerCase(Locale.ROOT);
            if (RESERVED_LABELS.contains(lower) || lower.startsWith("meerkat.")) {
                throw Faults.badRequest("metadata label key '" + key + "' is reserved for Meerkat-owned runtime facts");
            }
        }
        return labels;
    }
}
