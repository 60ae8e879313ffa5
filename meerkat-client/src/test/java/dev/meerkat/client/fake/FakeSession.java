package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One session. Guarded by the server's lock. */
final class FakeSession {
    /** Watches the events of one session. */
    interface Watcher {
        void event(ObjectNode envelope);

        /** The session is gone. */
        void ended();
    }

    /** An event as it was sent, with its envelope. */
    record Logged(long timestamp, ObjectNode payload) {}

    final String id;
    final String peerId;
    final @Nullable String name;
    final String model;
    final @Nullable String systemPrompt;
    final ObjectNode labels;
    final ObjectNode meta;
    final boolean mobMember;
    final long createdAt;

    long updatedAt;
    boolean keepAlive;
    boolean archived;

    /** The prompt of a deferred create, until the first turn. */
    @Nullable
    JsonNode stash;

    /** Whether its first turn has begun, so that its comms are up. */
    boolean live;

    /** Whether its first turn has ended. */
    boolean committed;

    boolean running;

    @Nullable
    Thread runner;

    boolean interrupted;
    int modelCalls;

    final List<ObjectNode> rows = new ArrayList<>();
    final List<Logged> events = new ArrayList<>();
    final Deque<FakeInput> waiting = new ArrayDeque<>();

    /** Inputs in a comms inbox that nothing drains, because the session is not kept alive. */
    final Deque<FakeInput> undrained = new ArrayDeque<>();

    final Map<String, FakeInput> inputs = new HashMap<>();
    final Map<String, FakeEvents.Keyed> keys = new HashMap<>();
    final Map<String, JsonNode> contextKeys = new HashMap<>();
    final Map<String, FakeSession> trusted = new LinkedHashMap<>();

    /** Requests that it received, with who asked. */
    final Map<String, String> requests = new HashMap<>();

    final Set<String> answered = new HashSet<>();
    final List<Watcher> watchers = new ArrayList<>();

    FakeSession(FakeServer server, ObjectNode params, boolean mobMember) {
        id = server.ids().timed();
        peerId = FakeIds.peer(id);
        name = params.path("comms_name").textValue();
        keepAlive = params.path("keep_alive").asBoolean();
        model = params.path("model").asText(server.settings().model());
        systemPrompt = params.path("system_prompt").textValue();
        labels = params.path("labels") instanceof ObjectNode given ? given : Js.obj();
        meta = params.path("peer_meta") instanceof ObjectNode given ? given : Js.obj();
        this.mobMember = mobMember;
        createdAt = server.millis();
        updatedAt = createdAt;
    }

    boolean hasComms() {
        return name != null && live && !archived;
    }

    /** Whether something turns its comms inbox into turns. */
    boolean drains() {
        return keepAlive || mobMember;
    }
}
