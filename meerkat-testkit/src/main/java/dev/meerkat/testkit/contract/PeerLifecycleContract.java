package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lifecycle notices between peers: of every kind, with any params. */
@Requires({Capability.PEER_NAMES, Capability.REALM_TRUST})
public abstract class PeerLifecycleContract extends ContractChapter {
    /** For subclasses. */
    protected PeerLifecycleContract() {}

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.INPUT_EVENTS})
    public void aNoticeWakesThePeer() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        fixture().agent(Seen.ECHO);

        Receipt.PeerLifecycleSent receipt = a.send(notice(LifecycleKind.PEER_ADDED, Json.EMPTY_OBJECT));

        assertThat(watch(b).completed(new InputId(receipt.envelopeId().value())).text())
                .isEqualTo("mob.peer_added");
    }

    @Test
    public void everyKindReachesThePeerWithItsParams() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Json params = Json.parse("{\"peer\":\"c\",\"why\":[1,2.50,null,true]}");
        Watch watch = watch(b);

        for (LifecycleKind kind : List.of(
                LifecycleKind.PEER_ADDED,
                LifecycleKind.PEER_RETIRED,
                LifecycleKind.PEER_UNWIRED,
                LifecycleKind.DISMISS,
                new LifecycleKind("vendor.kind of its own"))) {
            CommsCommand.PeerLifecycle command = notice(kind, params);
            InputId input = new InputId(a.send(command).envelopeId().value());
            watch.consumed(input);

            InputBody.PeerLifecycle got = (InputBody.PeerLifecycle)
                    watch.admitted(kind.value()).input().body();
            assertThat(got.command()).isEqualTo(command);
            assertThat(got.from().name()).isEqualTo("a");
        }
    }

    @Test
    @Needs(Detail.INPUT_EVENTS)
    public void theSendersLogTellsOfTheNotice() throws Exception {
        Session a = idle("a");
        idle("b");

        Receipt.PeerLifecycleSent receipt = a.send(notice(LifecycleKind.DISMISS, Json.NULL));

        SessionEvent.PeerSent sent = watch(a).await(SessionEvent.PeerSent.class);
        assertThat(sent.envelopeId()).isEqualTo(receipt.envelopeId());
        assertThat(sent.kind()).isEqualTo("peer_lifecycle");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.INPUT_EVENTS})
    public void aDismissedPeerIsToldAndNothingElseIsDoneToIt() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        fixture().agent(Seen.ECHO);

        InputId dismissal = new InputId(
                a.send(notice(LifecycleKind.DISMISS, Json.NULL)).envelopeId().value());
        watch(b).completed(dismissal);

        assertThat(handled(b, "still here")).isEqualTo("still here");
    }

    private static CommsCommand.PeerLifecycle notice(LifecycleKind kind, Json params) {
        return new CommsCommand.PeerLifecycle(PeerRef.named("b"), kind, params);
    }
}
