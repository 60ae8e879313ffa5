package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** As much of mobs as makes real peers: their members trust each other once wired. Called with the lock. */
final class FakeMobs {
    private final FakeServer server;
    private final Map<String, Map<String, FakeSession>> mobs = new LinkedHashMap<>();

    FakeMobs(FakeServer server) {
        this.server = server;
    }

    /** {@code mob/create}. */
    ObjectNode create(JsonNode params) {
        String id = Shape.text(Shape.present(params, "definition"), "id");
        if (mobs.putIfAbsent(id, new LinkedHashMap<>()) != null) {
            throw FakeError.value("mob already exists: " + id);
        }
        String token = server.line().is09() ? "mct_" + server.ids().random() : null;
        return Js.obj("mob_id", id, "claim_token", token);
    }

    /** {@code mob/spawn}: a session that is named after the mob, its profile and itself. */
    ObjectNode spawn(JsonNode params) {
        String mob = Shape.text(params, "mob_id");
        String identity = Shape.text(params, "agent_identity");
        String name = mob + "/" + Shape.text(params, "profile") + "/" + identity;
        FakeSession session = new FakeSession(server, Js.obj("comms_name", name), true);
        server.all().put(session.id, session);
        server.turns().materialize(session);
        members(mob).put(identity, session);
        return Js.obj("mob_id", mob, "agent_identity", identity, "member_ref", ref(mob, identity));
    }

    /** {@code mob/wire}: trust in both directions. */
    ObjectNode wire(JsonNode params) {
        String mob = Shape.text(params, "mob_id");
        FakeSession a = member(mob, Shape.text(params, "member"));
        FakeSession b = member(mob, Shape.text(Shape.present(params, "peer"), "local"));
        a.trusted.put(b.peerId, b);
        b.trusted.put(a.peerId, a);
        return Js.obj("wired", true);
    }

    /** {@code mob/unwire}: no trust in either direction. */
    ObjectNode unwire(JsonNode params) {
        String mob = Shape.text(params, "mob_id");
        FakeSession a = member(mob, Shape.text(params, "member"));
        FakeSession b = member(mob, Shape.text(Shape.present(params, "peer"), "local"));
        a.trusted.remove(b.peerId);
        b.trusted.remove(a.peerId);
        return Js.obj("unwired", true);
    }

    /** {@code mob/member_status}. */
    ObjectNode status(JsonNode params) {
        String mob = Shape.text(params, "mob_id");
        String identity = Shape.text(params, "agent_identity");
        FakeSession session = member(mob, identity);
        ObjectNode status =
                Js.obj("status", "active", "tokens_used", 0, "is_final", false, "current_session_id", session.id);
        return server.line().is09()
                ? status.put("member_ref", ref(mob, identity))
                : status.putNull("error").putNull("output_preview");
    }

    private Map<String, FakeSession> members(String mob) {
        Map<String, FakeSession> members = mobs.get(mob);
        if (members == null) {
            throw FakeError.value("mob not found: " + mob);
        }
        return members;
    }

    private FakeSession member(String mob, String identity) {
        FakeSession session = members(mob).get(identity);
        if (session == null) {
            throw FakeError.value("member not found: " + identity);
        }
        return session;
    }

    private static String ref(String mob, String identity) {
        ObjectNode ref = Js.obj("a", identity, "m", mob);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Js.write(ref).getBytes(StandardCharsets.UTF_8));
    }
}
