package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.LifecycleKind;
import java.util.Set;

/** The line 0.9. */
final class Dialect09 extends Dialect {
    Dialect09(ContractVersion version, Set<Capability> told) {
        super(version, told);
    }

    @Override
    boolean takesSessionEvents() {
        return version().atLeast(0, 9, 5);
    }

    @Override
    boolean steers() {
        return true;
    }

    @Override
    boolean takesEventKeys() {
        return version().atLeast(0, 9, 5) || told(Capability.EVENT_DEDUPE);
    }

    @Override
    public boolean stopsTurns() {
        return true;
    }

    @Override
    void addTaint(ObjectNode command, ContentTaint taint) {
        if (taint != ContentTaint.UNDECLARED) {
            command.putObject("content_taint").put("declare", wireName(taint));
        }
    }

    @Override
    void addNote(ObjectNode params, String text) {
        ObjectNode content = params.putObject("content");
        content.put("type", "text");
        content.put("text", text);
    }

    @Override
    boolean has(LifecycleKind kind) {
        return switch (kind.value()) {
            case "mob.peer_added",
                    "mob.peer_retired",
                    "mob.peer_unwired",
                    "mob.dismiss",
                    "mob.kickoff_pending",
                    "mob.kickoff_starting",
                    "mob.kickoff_started",
                    "mob.kickoff_callback_pending",
                    "mob.kickoff_failed",
                    "mob.kickoff_cancelled" -> true;
            default -> false;
        };
    }

    @Override
    void checkBody(String body) {
        // Any text is content.
    }
}
