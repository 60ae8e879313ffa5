package dev.meerkat.server.internal.wire;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.server.internal.calls.WireFault;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads the parameters of {@code session/create}. Fields that it does not know are ignored, as on other servers. */
public final class SpecReader {
    private static final String KEEP_ALIVE_NEEDS_NAME = "keep_alive requires a session created with comms_name";
    private static final Set<String> RESERVED_LABELS = Set.of("mob_id", "role", "meerkat_id", "meerkat");
    private static final Set<String> PROVIDERS = Set.of("anthropic", "openai", "gemini", "self_hosted");

    private SpecReader() {}

    /** Reads what a session of a realm is to be. */
    public static SessionSpec read(Params params, String realm) {
        checkRetired(params);
        InputBody.Prompt prompt = prompt(params);
        SessionSpec spec =
                SessionSpec.prompt(prompt.text()).blocks(prompt.blocks()).realm(realm);
        spec = params.optionalText("comms_name").map(spec::commsName).orElse(spec);
        if (params.flag("keep_alive")) {
            if (!params.has("comms_name")) {
                throw keepAliveNeedsName();
            }
            spec = spec.keepAlive(true);
        }
        if (params.oneOf("initial_turn", Set.of("run_immediately", "deferred"))
                .orElse("")
                .equals("deferred")) {
            spec = spec.deferred();
        }
        spec = params.optionalText("model").map(spec::model).orElse(spec);
        if (params.node("system_prompt").isTextual()) {
            spec = spec.systemPrompt(params.text("system_prompt"));
        }
        return spec.labels(labels(params, "labels")).peerMeta(peerMeta(params));
    }

    /** The prompt of a session or of a turn. */
    public static InputBody.Prompt prompt(Params params) {
        return BlockReader.prompt(params, "prompt");
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
