package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How inputs show: all but prompts as notices. */
final class InputNotices {
    private final SessionId session;
    private final boolean origins;
    private final CommsNotices comms;
    private final ExternalNotices external;

    InputNotices(ContractLine line, SessionId session) {
        this.session = session;
        this.origins = line.namesOrigins();
        this.comms = new CommsNotices(origins);
        this.external = new ExternalNotices(origins);
    }

    CommsNotices comms() {
        return comms;
    }

    /** The notice of an input, unless it is a prompt. */
    Optional<Notice> of(AdmittedInput input) {
        return input.body()
                .match(
                        prompt -> Optional.empty(),
                        local -> Optional.of(external.local(local.command())),
                        event -> Optional.of(external.event(event.event())),
                        peer -> Optional.of(comms.received(input.id(), peer)));
    }

    /** Where a notice came from: a turn and its input. */
    void addOrigin(ObjectNode row, TurnId turn, AdmittedInput input) {
        if (origins) {
            ObjectNode origin = WireJson.object();
            origin.put("session_id", session.toString());
            origin.put("run_id", turn.toString());
            origin.put("input_id", input.id().toString());
            row.set("runtime_origin", origin.put("append_ordinal", 0));
        }
    }

    /** The rows of inputs that joined a turn. */
    ArrayNode rows(TurnId turn, List<AdmittedInput> inputs) {
        ArrayNode rows = ContentWriter.array();
        for (AdmittedInput input : inputs) {
            of(input).ifPresent(notice -> {
                ObjectNode row = WireJson.object().put("kind", notice.kind());
                addOrigin(row, turn, input);
                rows.add(fill(row, notice, input.at()));
            });
        }
        return rows;
    }

    /** What every row of a notice has, after its origin. */
    static ObjectNode fill(ObjectNode row, Notice notice, Instant at) {
        row.put("body", notice.headline());
        row.set("blocks", ContentWriter.array().add(notice.block()));
        return row.put("created_at", ContentWriter.time(at));
    }
}
