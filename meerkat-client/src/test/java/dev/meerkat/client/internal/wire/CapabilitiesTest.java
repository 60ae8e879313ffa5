package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.wire.ContractVersion;
import dev.meerkat.wire.internal.CapabilityForm;
import dev.meerkat.wire.internal.WireJson;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    private static final SessionId SESSION = new SessionId(new UUID(0, 1));

    @Test
    void featuresThatAreTrueAndKnownAreTaken() {
        ObjectNode features = WireJson.object()
                .put("realm_trust", true)
                .put("event_wake", false)
                .put("durable", true)
                .put("reply_handles", true)
                .put("event_replay", true)
                .put("mobs", true);

        assertThat(CapabilityForm.ofFeatures(features))
                .containsExactlyInAnyOrder(Capability.REALM_TRUST, Capability.DURABLE, Capability.REPLY_HANDLES);
        assertThat(CapabilityForm.ofFeatures(WireJson.object())).isEmpty();
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

        answer.withArray("capabilities").addObject().put("id", "event_replay").put("status", "Available");

        assertThat(CapabilityForm.ofListed(answer))
                .containsExactlyInAnyOrder(Capability.EVENT_WAKE, Capability.EVENT_REPLAY);
        assertThat(CapabilityForm.ofListed(WireJson.object())).isEmpty();
    }

    @Test
    void whatIsToldIsWrittenOnAnyLine() {
        Dialect told = Dialect.of(
                ContractVersion.parse("0.6.34"),
                Set.of(Capability.PEER_NAMES, Capability.FREE_INTENTS, Capability.EVENT_DEDUPE));
        ExternalEvent event = ExternalEvent.genericJson("push", Json.NULL).withIdempotencyKey("k");
        CommsCommand.PeerRequest request = CommsCommand.PeerRequest.to("b", "sum", Json.parse("[1,2]"));
        CommsCommand.PeerResponse response =
                CommsCommand.PeerResponse.completed(PeerRef.named("a"), new RequestId(new UUID(0, 2)), Json.parse("3"));

        assertThat(told.externalEvent(event).path("idempotency_key").asText()).isEqualTo("k");
        ObjectNode asked = told.command(SESSION, request, null);
        assertThat(asked.path("to").asText()).isEqualTo("b");
        assertThat(asked.path("intent").asText()).isEqualTo("sum");
        assertThat(asked.path("params").toString()).isEqualTo("[1,2]");
        assertThat(told.command(SESSION, response, null).path("result").toString())
                .isEqualTo("3");
    }

    @Test
    void whoTellsNothingBeyondItsLineHasAllOfItsEventsInItsLog() {
        ContractVersion version = ContractVersion.parse("0.9.8");

        assertThat(Dialect.of(version).liveBesideLog()).isFalse();
        assertThat(Dialect.of(version, Set.of(Capability.EVENT_WAKE)).liveBesideLog())
                .isTrue();
    }

    @Test
    void whatIsNotToldIsRefused() {
        Dialect line = Dialect.of(ContractVersion.parse("0.6.34"));
        ExternalEvent event = ExternalEvent.genericJson("push", Json.NULL).withIdempotencyKey("k");

        assertThatExceptionOfType(NotSupportedException.class).isThrownBy(() -> line.externalEvent(event));
    }
}
