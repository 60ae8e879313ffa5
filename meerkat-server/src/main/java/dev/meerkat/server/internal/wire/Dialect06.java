package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Delivery;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.ContractLine;
import java.util.List;
import java.util.Set;

/** The line 0.6. */
final class Dialect06 extends Dialect {
    private static final Set<String> LIFECYCLE_KINDS = Set.of("mob.peer_added", "mob.peer_retired", "mob.peer_unwired");
    private static final List<String> BUILD_SETTINGS =
            List.of("max_tokens", "system_prompt", "output_schema", "structured_output_retries");

    Dialect06() {
        super(ContractLine.V0_6);
    }

    @Override
    public boolean hasInputStatus() {
        return false;
    }

    @Override
    public boolean readsArchived() {
        return true;
    }

    @Override
    public void checkTurn(Params params) {
        List<String> refused = BUILD_SETTINGS.stream().filter(params::has).toList();
        if (!refused.isEmpty()) {
            throw Faults.badRequest("Cannot override " + String.join(", ", refused) + " on a runtime-routed turn;"
                    + " set these at session/create time or use a deferred session");
        }
    }

    @Override
    Set<String> lifecycleKinds() {
        return LIFECYCLE_KINDS;
    }

    @Override
    boolean takesTaint() {
        return false;
    }

    /** The line knows no more than a flag, which servers never set. */
    @Override
    void addDelivery(ObjectNode receipt, String kind, Delivery delivery) {
        if (kind.equals("peer_message_sent")) {
            receipt.put("acked", delivery instanceof Delivery.Acknowledged);
        }
    }

    @Override
    void addReachability(ObjectNode peer) {
        peer.put("reachability", "reachable").putNull("last_unreachable_reason");
    }

    @Override
    public String contextText(Params params) {
        return params.text("text");
    }

    @Override
    public String contextTaken() {
        return "staged";
    }

    @Override
    public boolean listsAll() {
        return true;
    }

    @Override
    public ObjectNode interrupted(String session, boolean neverStarted) {
        return WireJson.object().put("interrupted", true);
    }
}
