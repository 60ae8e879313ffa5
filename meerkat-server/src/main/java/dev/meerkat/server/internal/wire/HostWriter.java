package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.json.internal.WireJson;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Writes what this server is and can do. */
public final class HostWriter {
    private final Dialect dialect;
    private final Capabilities capabilities;
    private final String realm;

    /** Of a server. */
    public HostWriter(Dialect dialect, Capabilities capabilities, String realm) {
        this.dialect = dialect;
        this.capabilities = capabilities;
        this.realm = realm;
    }

    /** The answer of {@code initialize}, the only one whose version is a text. */
    public ObjectNode hello(Set<String> methods) {
        String version = dialect.line().version();
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
        ObjectNode answer = versioned();
        ArrayNode rows = answer.putArray("capabilities");
        add(rows, "sessions", "Agent loop and session lifecycle");
        add(rows, "streaming", "Event streaming during agent execution");
        add(rows, "comms", "Inter-agent communication: send, request, response, list peers + keep-alive");
        if (capabilities.has(Capability.DURABLE)) {
            add(rows, "session_store", "Sessions that survive a restart");
        }
        told().forEach(capability -> add(rows, name(capability), describe(capability)));
        return answer;
    }

    private static void add(ArrayNode rows, String id, String description) {
        rows.addObject().put("id", id).put("description", description).put("status", "Available");
    }

    /** A reply is awaited by the caller's own handle, which a server cannot give. */
    private List<Capability> told() {
        return Arrays.stream(Capability.values())
                .filter(capability -> capability != Capability.REPLY_HANDLES && capabilities.has(capability))
                .toList();
    }

    private static String name(Capability capability) {
        return capability.name().toLowerCase(Locale.ROOT);
    }

    private static String describe(Capability capability) {
        return switch (capability) {
            case PEER_NAMES -> "A peer may be addressed by name";
            case REALM_TRUST -> "The sessions of a realm are peers";
            case FREE_INTENTS -> "Requests take any intent, params and result";
            case REPLY_HANDLES -> "A reply can be awaited";
            case EVENT_WAKE -> "An external event wakes a keep-alive session";
            case EVENT_DEDUPE -> "External events take an idempotency key";
            case EVENT_RECEIPTS -> "The outcome of an external event names its input";
            case EVENT_REPLAY -> "Events can be read again from a cursor";
            case STEER -> "A running turn sees steered input";
            case DURABLE -> "What is acknowledged survives a crash";
        };
    }

    /** The answer of {@code runtime/health}. */
    public ObjectNode health() {
        return versioned().put("status", "ok");
    }

    /** The answer of {@code runtime/capabilities}: features by name, the further ones among them. */
    public ObjectNode features() {
        ObjectNode answer = versioned();
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
        told().forEach(capability -> features.put(name(capability), true));
        return features;
    }

    /** The answer of {@code runtime/host_info}. */
    public ObjectNode info() {
        ObjectNode answer = versioned()
                .put("host_id", realm)
                .put("host_id_scope", "process")
                .put("process_name", capabilities.name())
                .put("process_version", dialect.line().version());
        answer.set("capabilities", features());
        answer.set("health", health());
        answer.putObject("realm").put("realm_id", realm);
        answer.putObject("endpoints");
        return answer;
    }

    private ObjectNode versioned() {
        ObjectNode answer = WireJson.object();
        dialect.addVersion(answer);
        return answer;
    }
}
