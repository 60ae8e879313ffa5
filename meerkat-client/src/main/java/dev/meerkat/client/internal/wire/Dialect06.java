package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.NotSupportedException;
import java.util.Set;

/** The line 0.6. */
final class Dialect06 extends Dialect {
    Dialect06(ContractVersion version, Set<Capability> told) {
        super(version, told);
    }

    @Override
    boolean takesSessionEvents() {
        return false;
    }

    @Override
    boolean steers() {
        return told(Capability.STEER);
    }

    @Override
    boolean takesEventKeys() {
        return told(Capability.EVENT_DEDUPE);
    }

    @Override
    public boolean stopsTurns() {
        return false;
    }

    @Override
    void addTaint(ObjectNode command, ContentTaint taint) {
        if (taint != ContentTaint.UNDECLARED) {
            throw new NotSupportedException("content_taint \"" + wireName(taint)
                    + "\" cannot be sent on contract line 0.6, and the server speaks " + version());
        }
    }

    @Override
    void addNote(ObjectNode params, String text) {
        params.put("text", text);
    }

    @Override
    boolean has(LifecycleKind kind) {
        return switch (kind.value()) {
            case "mob.peer_added", "mob.peer_retired", "mob.peer_unwired" -> true;
            default -> false;
        };
    }

    @Override
    void checkBody(String body) {
        if (body.strip().equalsIgnoreCase("DISMISS")) {
            throw new NotSupportedException("body \"" + body.strip() + "\" alone is a control word of contract line 0.6"
                    + " that stops the receiver; send other words, or content blocks with it");
        }
    }
}
