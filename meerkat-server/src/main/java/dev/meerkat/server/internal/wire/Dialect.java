package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Delivery;
import dev.meerkat.server.ContractLine;
import java.util.List;
import java.util.Set;

/** What differs between the contract lines, outside events and history. Immutable. */
public abstract sealed class Dialect permits Dialect06, Dialect09 {
    private final ContractLine line;

    Dialect(ContractLine line) {
        this.line = line;
    }

    /** What other servers let a turn change, and an agent of this one cannot be told. */
    public static final List<String> TURN_OVERRIDES = List.of(
            "model",
            "provider",
            "self_hosted_server_id",
            "system_prompt",
            "additional_instructions",
            "injected_context",
            "transient_turn_context",
            "turn_tool_overlay",
            "skill_refs",
            "provider_params",
            "auth_binding");

    /** The dialect of a line. */
    public static Dialect of(ContractLine line) {
        return switch (line) {
            case V0_6 -> new Dialect06();
            case V0_9 -> new Dialect09();
        };
    }

    /** The line. */
    public final ContractLine line() {
        return line;
    }

    /** The version as an object, as all answers but that of {@code initialize} have it. */
    public final void addVersion(ObjectNode answer) {
        answer.putObject("contract_version")
                .put("major", line.major())
                .put("minor", line.minor())
                .put("patch", line.patch());
    }

    /** Whether {@code session/input_status} and {@code turn/stop_run} are methods of the line. */
    public abstract boolean hasInputStatus();

    /** Whether {@code session/read} answers for archived sessions. */
    public abstract boolean readsArchived();

    /** Refuses what a line does not take in {@code turn/start}. */
    public abstract void checkTurn(Params params);

    /** The kinds of lifecycle notice that there are. */
    abstract Set<String> lifecycleKinds();

    /** Whether a sender can declare what its content is. */
    abstract boolean takesTaint();

    /** Adds what a receipt of a peer command proves. */
    abstract void addDelivery(ObjectNode receipt, String kind, Delivery delivery);

    /** Adds whether a peer was reached. */
    abstract void addReachability(ObjectNode peer);

    /** The text of {@code session/inject_context}. */
    public abstract String contextText(Params params);

    /** What {@code session/inject_context} answers of a text that is new. */
    public abstract String contextTaken();

    /** Whether {@code session/list} has no limit of its own. */
    public abstract boolean listsAll();

    /** The answer of {@code turn/interrupt}. */
    public abstract ObjectNode interrupted(String session, boolean neverStarted);
}
