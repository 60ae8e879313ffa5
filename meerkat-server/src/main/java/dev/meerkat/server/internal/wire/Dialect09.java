package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.Delivery;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.ContractLine;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The line 0.9. */
final class Dialect09 extends Dialect {
    private static final Set<String> LIFECYCLE_KINDS = Set.of(
            "mob.peer_added",
            "mob.peer_retired",
            "mob.peer_unwired",
            "mob.dismiss",
            "mob.kickoff_pending",
            "mob.kickoff_starting",
            "mob.kickoff_started",
            "mob.kickoff_callback_pending",
            "mob.kickoff_failed",
            "mob.kickoff_cancelled");
    private static final List<String> BUILD_SETTINGS =
            List.of("max_tokens", "output_schema", "structured_output_retries");
    private static final Set<String> TURN_FIELDS = Stream.of(
                    List.of("session_id", "prompt", "keep_alive", "session_events"), TURN_OVERRIDES, BUILD_SETTINGS)
            .flatMap(List::stream)
            .collect(Collectors.toUnmodifiableSet());

    Dialect09() {
        super(ContractLine.V0_9);
    }

    @Override
    public boolean hasInputStatus() {
        return true;
    }

    @Override
    public boolean readsArchived() {
        return false;
    }

    @Override
    public void checkTurn(Params params) {
        params.only(TURN_FIELDS);
        BUILD_SETTINGS.stream().filter(params::has).findFirst().ifPresent(setting -> {
            throw Faults.badRequest(setting + " is a build setting fixed when the session's agent is built; a turn"
                    + " cannot override it (set it on session/create, a deferred create included)");
        });
    }

    @Override
    Set<String> lifecycleKinds() {
        return LIFECYCLE_KINDS;
    }

    @Override
    boolean takesTaint() {
        return true;
    }

    @Override
    void addDelivery(ObjectNode receipt, String kind, Delivery delivery) {
        if (delivery instanceof Delivery.Durable durable) {
            receipt.putObject("delivery")
                    .putObject("durably_resolved")
                    .put("outcome", durable.duplicate() ? "deduplicated" : "accepted");
        } else if (delivery instanceof Delivery.Acknowledged) {
            receipt.put("delivery", "acked");
        } else {
            receipt.put("delivery", delivery instanceof Delivery.HandedOff ? "volatile_handed_off" : "queued");
        }
    }

    @Override
    void addReachability(ObjectNode peer) {
        // The line does not tell it.
    }

    @Override
    public String contextText(Params params) {
        Params content = params.object("content");
        String type = content.text("type");
        return switch (type) {
            case "text" -> content.text("text");
            case "blocks" ->
                BlockReader.blocks(content, "blocks").stream()
                        .map(block -> block instanceof ContentBlock.Text text ? text.text() : "")
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining("\n"));
            case "json" -> content.json("value").text();
            default -> throw content.wrong("type", content.node("type"), "must be text, blocks or json");
        };
    }

    @Override
    public String contextTaken() {
        return "applied";
    }

    @Override
    public boolean listsAll() {
        return false;
    }

    @Override
    public ObjectNode interrupted(String session, boolean neverStarted) {
        return WireJson.object()
                .put("session_id", session)
                .put("interrupted", !neverStarted)
                .put("result", neverStarted ? "staged_noop" : "interrupted");
    }
}
