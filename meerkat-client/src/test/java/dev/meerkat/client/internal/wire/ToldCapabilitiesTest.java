package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.json.internal.WireJson;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ToldCapabilitiesTest {
    private static final Set<Capability> KNOWN = Set.of(Capability.PEER_NAMES);

    @Test
    void featuresThatAreTrueAndKnownAreTaken() {
        ObjectNode features = WireJson.object()
                .put("realm_trust", true)
                .put("event_wake", true)
                .put("durable", true)
                .put("free_intents", true)
                .put("mobs", true);
        assertThat(ToldCapabilities.withFeatures(KNOWN, features))
                .containsExactlyInAnyOrder(Capability.PEER_NAMES, Capability.REALM_TRUST, Capability.EVENT_WAKE);
        assertThat(ToldCapabilities.withFeatures(KNOWN, WireJson.object())).isEqualTo(KNOWN);
    }

    @Test
    void listedOnesAreTakenIfTheyAreAvailable() {
        ObjectNode answer = WireJson.object();
        answer.putArray("capabilities").addObject().put("id", "event_wake").put("status", "Available");
        answer.withArray("capabilities")
                .addObject()
                .put("id", "realm_trust")
                .putObject("status")
                .putObject("DisabledByPolicy");
        assertThat(ToldCapabilities.withListed(KNOWN, answer))
                .containsExactlyInAnyOrder(Capability.PEER_NAMES, Capability.EVENT_WAKE);
        assertThat(ToldCapabilities.withListed(KNOWN, WireJson.object())).isEqualTo(KNOWN);
    }
}
