package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.ContextNote;
import dev.meerkat.client.PeerAnswer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one contract line takes: strict writing of parameters. Immutable. */
public abstract sealed class Dialect permits Dialect06, Dialect09 {
    private final ContractVersion version;

    Dialect(ContractVersion version) {
        this.version = version;
    }

    /** The dialect of a version, or a {@link dev.meerkat.client.ContractMismatchException}. */
    public static Dialect of(ContractVersion version) {
        return Later.later();
    }

    /** The version. */
    public final ContractVersion version() {
        return version;
    }

    /** What can be done over JSON-RPC; methods as {@code initialize} gave them. */
    public abstract Set<Capability> rpcCapabilities(Set<String> methods, boolean replay);

    /** What can be done over REST. */
    public abstract Set<Capability> restCapabilities();

    /** The fields of {@code session/create} that both surfaces take; nothing absent is written. */
    public abstract ObjectNode create(SessionSpec spec);

    /** {@code session/create} over JSON-RPC: adds what only that takes (deferred, no copies of events). */
    public abstract ObjectNode rpcCreate(SessionSpec spec);

    /** {@code turn/start}. */
    public abstract ObjectNode turn(SessionId session, String prompt);

    /** {@code comms/send}; to is null for a local input. Refuses, typed, what the line cannot carry. */
    public abstract ObjectNode command(SessionId session, CommsCommand<?> command, @Nullable PeerId to);

    /** {@code session/external_event} without the session. Refuses, typed, what the line cannot carry. */
    public abstract ObjectNode externalEvent(ExternalEvent event);

    /** {@code session/peer_response_terminal} without the session. */
    public abstract ObjectNode peerAnswer(PeerAnswer answer);

    /** {@code session/inject_context} without the session. */
    public abstract ObjectNode context(ContextNote note);
}
