package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Messages between peers: addressed by name or id, whole, and told to both logs. */
@Requires({Capability.PEER_NAMES, Capability.REALM_TRUST})
public abstract class PeerMessageContract extends ContractChapter {
    /** For subclasses. */
    protected PeerMessageContract() {}

    @Test
    public void aMessageByNameReachesThePeerWithWhoSentIt() throws Exception {
        Session a = idle("a");
        Session b = idle("b");

        a.send(CommsCommand.PeerMessage.to("b", "hello"));

        InputBody.PeerMessage got =
                (InputBody.PeerMessage) watch(b).admitted("hello").input().body();
        assertThat(got.from()).isEqualTo(new PeerSender(peerId(a), "a"));
        assertThat(got.command().body()).isEqualTo("hello");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.OWN_PEER_ID})
    public void aMessageByIdReachesThePeer() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        fixture().agent(Seen.ECHO);

        a.send(CommsCommand.PeerMessage.to(PeerRef.id(peerId(b)), "hello"));

        Watch watch = watch(b);
        assertThat(watch.completed(watch.admitted("hello").input().id()).text()).isEqualTo("hello");
    }

    @Test
    @Needs(Detail.INPUT_STATUS)
    public void theReceiversInputHasTheIdOfTheEnvelope() throws Exception {
        Session a = idle("a");
        Session b = idle("b");

        Receipt.PeerMessageSent receipt = a.send(CommsCommand.PeerMessage.to("b", "hello"));

        InputId input = new InputId(receipt.envelopeId().value());
        assertThat(b.inputStatus(input)).isPresent();
        watch(b).consumed(input);
        assertThat(b.inputStatus(input).map(InputStatus::state)).contains(InputStatus.State.CONSUMED);
        assertThat(a.inputStatus(input)).isEmpty();
    }

    @Test
    public void theSendersLogTellsWhatWasSentToWhom() throws Exception {
        Session a = idle("a");
        Session b = idle("b");

        Receipt.PeerMessageSent receipt = a.send(CommsCommand.PeerMessage.to("b", "hello"));

        SessionEvent.PeerSent sent = watch(a).await(SessionEvent.PeerSent.class);
        assertThat(sent.envelopeId()).isEqualTo(receipt.envelopeId());
        assertThat(sent.to()).isEqualTo(new PeerSender(peerId(b), "b"));
        assertThat(sent.kind()).isEqualTo("peer_message");
    }

    @Test
    public void blocksTaintAndModeReachTheReceiverAsSent() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        CommsCommand.PeerMessage command = CommsCommand.PeerMessage.to("b", "hello")
                .withBlocks(List.of(new ContentBlock.Text("more"), new ContentBlock.Image("image/gif", "R0lG")))
                .withContentTaint(told(Detail.TAINTS) ? ContentTaint.TAINTED : ContentTaint.UNDECLARED);

        a.send(command);

        InputBody.PeerMessage got =
                (InputBody.PeerMessage) watch(b).admitted("hello").input().body();
        assertThat(got.command()).isEqualTo(command);
        assertThat(got.handlingMode()).isEqualTo(HandlingMode.QUEUE);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void sendingDoesNotWakeTheSender() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        fixture().agent(Seen.ECHO);
        Watch watch = watch(b);

        a.send(CommsCommand.PeerMessage.to("b", "hello"));
        watch.completed(watch.admitted("hello").input().id());

        assertThat(handled(a, "own work")).isEqualTo("own work");
        assertThat(Seen.turns(a)).containsExactly(List.of("own work"));
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aPeerThatIsNotKeepAliveHasTheMessageInItsNextTurn() throws Exception {
        Session a = idle("a");
        Session b = idle(SessionSpec.ofPrompt("start").withCommsName("b"));
        fixture().agent(Seen.ECHO);

        a.send(CommsCommand.PeerMessage.to("b", "hello"));

        if (told(Detail.LANE_COUNTS)) {
            assertThat(b.snapshot().waitingComms()).hasValue(1);
        }
        assertThat(completed(b.startTurn("go")).text()).isEqualTo("hello go");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void anAgentAnswersTheSenderOfAMessage() throws Exception {
        Session a = idle("a");
        idle("b");
        var deliveries = new LinkedBlockingQueue<Delivery>();
        fixture().agent(turn -> {
            if (Seen.texts(turn.inputs()).contains("ping")) {
                deliveries.add(turn.comms().reply(turn.inputs().get(0), "pong").delivery());
            }
            return "ok";
        });

        a.send(CommsCommand.PeerMessage.to("b", "ping"));

        InputBody.PeerMessage pong =
                (InputBody.PeerMessage) watch(a).admitted("pong").input().body();
        assertThat(pong.from().name()).isEqualTo("b");
        assertThat(deliveries.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo(new Delivery.Queued());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void whatAnAgentSendsIsInItsTranscriptAndLog() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        CommsCommand.PeerMessage command = CommsCommand.PeerMessage.to("b", "done");
        fixture().agent(turn -> {
            if (Seen.texts(turn.inputs()).contains("work")) {
                turn.comms().send(command);
            }
            return "ok";
        });

        handled(a, "work");

        SessionEvent.PeerSent sent = watch(a).await(SessionEvent.PeerSent.class);
        TranscriptEntry.Sent entry = Seen.transcript(a).stream()
                .filter(TranscriptEntry.Sent.class::isInstance)
                .map(TranscriptEntry.Sent.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(entry.command()).isEqualTo(command);
        assertThat(entry.envelopeId()).isEqualTo(sent.envelopeId());
        assertThat(watch(b).admitted("done").input().id())
                .isEqualTo(new InputId(sent.envelopeId().value()));
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void anAgentSeesThePeersOfItsSession() throws Exception {
        Session a = idle("a");
        idle("b");
        idle("c");
        fixture()
                .agent(turn -> String.join(
                        " ",
                        turn.comms().peers().stream().map(peer -> peer.name()).toList()));

        assertThat(handled(a, "who is there")).isEqualTo("b c");
    }

    private static PeerId peerId(Session session) throws InterruptedException {
        return session.snapshot().peerId().orElseThrow();
    }
}
