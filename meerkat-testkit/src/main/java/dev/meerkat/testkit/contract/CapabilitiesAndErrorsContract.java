package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand.Input;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.testkit.Gate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a Meerkat says of itself is true, and its errors have stable codes. */
public abstract class CapabilitiesAndErrorsContract extends ContractChapter {
    /** For subclasses. */
    protected CapabilitiesAndErrorsContract() {}

    @Test
    public void theCapabilitiesAreAllButTheDeclaredLacks() throws Exception {
        Set<Capability> expected = EnumSet.allOf(Capability.class);
        expected.removeAll(fixture().lacking());

        Capabilities capabilities = meerkat().capabilities();

        assertThat(capabilities.supported()).isEqualTo(expected);
        assertThat(capabilities.name()).isNotBlank();
        assertThat(capabilities.version()).isNotBlank();
    }

    @Test
    public void whatIsLackingIsRefusedAndWhatIsNotIsSaidToBeThere() throws Exception {
        for (Capability capability : Capability.values()) {
            boolean lacking = lacks(capability);
            assertThat(meerkat().capabilities().has(capability)).isEqualTo(!lacking);
            if (lacking) {
                LackingCapability.assertRefused(this, capability);
            }
        }
    }

    @Test
    public void theCapabilitiesAreToldAfterClosingToo() throws Exception {
        Meerkat closed = meerkat();
        Capabilities before = closed.capabilities();

        closed.close();

        assertThat(closed.capabilities()).isEqualTo(before);
    }

    @Test
    public void aReceiptProvesAsMuchAsTheMeerkatCan() throws Exception {
        Session a = idle("a");
        idle("b");
        Delivery expected = lacks(Capability.DURABLE) ? new Delivery.HandedOff() : new Delivery.Durable(false);

        EventOutcome event = a.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));

        Delivery ofEvent = ((EventOutcome.Accepted) event).delivery();
        Delivery ofInput = a.send(Input.of("x")).delivery();
        if (!told(Detail.DELIVERIES)) {
            assertThat(List.of(ofEvent, ofInput))
                    .allMatch(delivery -> delivery instanceof Delivery.Durable != lacks(Capability.DURABLE));
        } else {
            assertThat(ofEvent).isEqualTo(expected);
            assertThat(ofInput).isEqualTo(expected);
            assertThat(a.send(PeerMessage.to("b", "x")).delivery()).isEqualTo(expected);
        }
    }

    @Test
    public void refusalsHaveTheCodesOfTheWire() throws Exception {
        Session a = idle("a");
        RequestId unknown = new RequestId(new UUID(1, 2));
        Session nameless = idle(SessionSpec.ofPrompt("start"));
        Session archived = idle("archived");
        archived.archive();

        assertThat(code(() -> Input.of(" "))).isEqualTo("invalid_command");
        assertThat(code(() -> a.send(PeerMessage.to("nobody", "x")))).isEqualTo("peer_not_found_or_not_trusted");
        assertThat(code(() -> a.send(PeerMessage.to("a", "x"))))
                .isEqualTo(lacks(Capability.REALM_TRUST) ? "peer_not_found_or_not_trusted" : "self_send");
        assertThat(code(() -> a.reply(unknown)))
                .isEqualTo(lacks(Capability.REPLY_HANDLES) ? "capability_unavailable" : "unknown_request");
        // A server does not tell a session without a name from one that is asleep.
        assertThat(code(nameless::peers))
                .isEqualTo(lacks(Capability.REALM_TRUST) ? "comms_not_enabled" : "capability_unavailable");
        assertThat(code(() -> start(archived, "x"))).isEqualTo("session_closed");
        assertThat(code(() -> meerkat().open(new SessionId(new UUID(1, 2))))).isEqualTo("session_not_found");
        if (told(Detail.UNIQUE_NAMES)) {
            assertThat(code(() -> meerkat().create(SessionSpec.ofPrompt("x").withKeepAliveAs("a"))))
                    .isEqualTo("comms_name_taken");
        }
    }

    @Test
    @Needs(Detail.TINY_LIMITS)
    public void aFullLaneHasTheCodeOfTheWire() throws Exception {
        Session a = idle("a");

        Gate gate = hold(a);
        assertThat(code(() -> {
                    for (int i = 0; i <= MeerkatFixture.COMMS_INPUTS; i++) {
                        a.send(Input.of("x"));
                    }
                }))
                .isEqualTo("inbox_full");
        gate.open();
    }

    @Test
    @Requires({Capability.REALM_TRUST, Capability.FREE_INTENTS})
    public void theCodeOfAnsweringTwiceIsStableToo() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        RequestId request = a.send(PeerRequest.to("b", "sum", Json.NULL)).requestId();
        PeerResponse response = PeerResponse.completed(PeerRef.named("a"), request, Json.NULL);
        b.send(response);
        assertThat(code(() -> b.send(response))).isEqualTo("already_answered");
    }

    @Test
    public void theCodeOfClosingIsStableToo() throws Exception {
        Session a = idle("a");

        meerkat().close();

        assertThat(code(a::snapshot)).isEqualTo("runtime_closed");
    }

    private static String code(ThrowingCallable call) {
        Throwable refusal = catchThrowable(call);
        assertThat(refusal).isInstanceOf(MeerkatException.class);
        return ((MeerkatException) refusal).code();
    }
}
