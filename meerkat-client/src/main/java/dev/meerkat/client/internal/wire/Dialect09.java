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

/** The line 0.9. */
final class Dialect09 extends Dialect {
    Dialect09(ContractVersion version) {
        super(version);
    }

    @Override
    public Set<Capability> rpcCapabilities(Set<String> methods, boolean replay) {
        return Later.later();
    }

    @Override
    public Set<Capability> restCapabilities() {
        return Later.later();
    }

    @Override
    public ObjectNode create(SessionSpec spec) {
        return Later.later();
    }

    @Override
    public ObjectNode rpcCreate(SessionSpec spec) {
        return Later.later();
    }

    @Override
    public ObjectNode turn(SessionId session, String prompt) {
        return Later.later();
    }

    @Override
    public ObjectNode command(SessionId session, CommsCommand<?> command, @Nullable PeerId to) {
        return Later.later();
    }

    @Override
    public ObjectNode externalEvent(ExternalEvent event) {
        return Later.later();
    }

    @Override
    public ObjectNode peerAnswer(PeerAnswer answer) {
        return Later.later();
    }

    @Override
    public ObjectNode context(ContextNote note) {
        return Later.later();
    }
}
