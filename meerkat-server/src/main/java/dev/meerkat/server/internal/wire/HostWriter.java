package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.core.Health;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.CapabilityForm;
import dev.meerkat.wire.internal.VersionForm;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.form.ApiCall;
import java.util.Locale;
import java.util.Set;

/** Writes what this server is and can do. */
public final class HostWriter {
    /** No call of the contract does these. */
    private static final Set<Capability> BESIDE_CONTRACT =
            Set.of(Capability.REPLY_HANDLES, Capability.SCHEDULES, Capability.DELETION, Capability.RETENTION);

    private final ContractLine line;
    private final Capabilities capabilities;
    private final String realm;
    private final boolean extended;
    private final HealthCheck check;

    /**
     * Of a server, whose health is asked for each time it is told.
     *
     * @param extended whether it has the calls of {@link ApiCall}
     */
    public HostWriter(ContractLine line, Capabilities capabilities, String realm, boolean extended, HealthCheck check) {
        this.line = line;
        this.capabilities = capabilities;
        this.realm = realm;
        this.extended = extended;
        this.check = check;
    }

    /** The answer of {@code initialize}, the only one whose version is a text. */
    public ObjectNode hello(Set<String> methods) {
        String version = line.version().toString();
        ObjectNode answer = WireJson.object();
        answer.putObject("server_info").put("name", capabilities.name()).put("version", version);
        answer.put("contract_version", version);
        ArrayNode names = answer.putArray("methods");
        methods.forEach(names::add);
        return answer;
    }

    /**
     * The answer of {@code capabilities/get}: those of the wire that there are, and further ones that tell what this
     * server can do and others cannot, by the names of {@link Capability}.
     */
    public ObjectNode capabilities() {
        ObjectNode answer = versioned(line);
        ArrayNode rows = answer.putArray("capabilities");
        CapabilityForm.addRow(rows, "sessions", "Agent loop and session lifecycle");
        CapabilityForm.addRow(rows, "streaming", "Event streaming during agent execution");
        CapabilityForm.addRow(
                rows, "comms", "Inter-agent communication: send, request, response, list peers + keep-alive");
        if (capabilities.has(Capability.DURABLE)) {
            CapabilityForm.addRow(rows, "session_store", "Sessions that survive a restart");
        }
        CapabilityForm.addRows(rows, this::has);
        if (extended) {
            CapabilityForm.addRow(rows, ApiCall.FEATURE, "Calls of this project's client, beside the contract");
        }
        return answer;
    }

    private boolean has(Capability capability) {
        return capabilities.has(capability) && (extended || !BESIDE_CONTRACT.contains(capability));
    }

    /** The answer of {@code runtime/health}: {@code ok}, or what is wrong. */
    public ObjectNode health() {
        return health(check.health(), line);
    }

    /** The same, of a health that is known. */
    public static ObjectNode health(Health health, ContractLine line) {
        ObjectNode answer = versioned(line).put("status", word(health.status()));
        if (!health.problems().isEmpty()) {
            ArrayNode problems = answer.putArray("problems");
            for (Health.Problem problem : health.problems()) {
                ObjectNode row =
                        problems.addObject().put("code", problem.code()).put("message", problem.message());
                problem.session().ifPresent(session -> row.put("session_id", session.toString()));
            }
        }
        return answer;
    }

    /** The answer of {@code runtime/capabilities}: features by name, the further ones among them. */
    public ObjectNode features() {
        ObjectNode answer = versioned(line);
        answer.set("features", featureFlags());
        return answer;
    }

    private ObjectNode featureFlags() {
        ObjectNode features = WireJson.object()
                .put("runtime_backed_sessions", true)
                .put("mobs", false)
                .put("mcp_live", false)
                .put("comms", true)
                .put("blobs", false)
                .put("session_events", true)
                .put("session_streams", true)
                .put("schedules", false)
                .put("skills", false)
                .put("event_replay", false)
                .put("artifacts", false)
                .put("approvals", false)
                .put("external_members", false)
                .put("secure_remote_rpc", false);
        CapabilityForm.addFlags(features, this::has);
        if (extended) {
            features.put(ApiCall.FEATURE, true);
        }
        return features;
    }

    /** The answer of {@code runtime/host_info}. */
    public ObjectNode info() {
        ObjectNode answer = versioned(line)
                .put("host_id", realm)
                .put("host_id_scope", "process")
                .put("process_name", capabilities.name())
                .put("process_version", line.version().toString());
        answer.set("capabilities", features());
        answer.set("health", health());
        answer.putObject("realm").put("realm_id", realm);
        answer.putObject("endpoints");
        return answer;
    }

    /** A status in one word. */
    public static String word(Health.Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode versioned(ContractLine line) {
        ObjectNode answer = WireJson.object();
        VersionForm.addObject(answer, line.version());
        return answer;
    }
}
