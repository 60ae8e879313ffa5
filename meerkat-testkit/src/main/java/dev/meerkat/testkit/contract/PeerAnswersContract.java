package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A host answers requests on behalf of the peer that was asked. */
public abstract class PeerAnswersContract extends ContractChapter {
    private static final Json RESULT = Json.parse("{\"sum\":3.0}");
    private static final PeerId STRANGER = new PeerId(new UUID(7, 7));

    /** For subclasses. */
    protected PeerAnswersContract() {}

    @Test
    public void anAnswerToWhatWasNeverAskedIsAdmittedAllTheSame() throws Exception {
        Session session = idle("a");
        RequestId request = new RequestId(new UUID(1, 2));

        EventOutcome outcome = session.deliverPeerAnswer(answer(STRANGER, request, PeerAnswer.Status.COMPLETED));

        assertThat(outcome).isInstanceOf(EventOutcome.Accepted.class);
        if (told(Detail.INPUT_EVENTS)) {
            InputBody.PeerResponse got = (InputBody.PeerResponse)
                    watch(session).admitted("COMPLETED").input().body();
            assertThat(got.from().id()).isEqualTo(STRANGER);
            assertThat(got.from().name()).isEqualTo("agent-x");
            assertThat(got.command().inReplyTo()).isEqualTo(request);
            assertThat(got.command().result()).isEqualTo(RESULT);
        }
    }

    @Test
    @Needs(Detail.INPUT_EVENTS)
    public void itWakesTheSession() throws Exception {
        Session session = idle("a");
        fixture().agent(Seen.ECHO);

        EventOutcome.Accepted accepted = (EventOutcome.Accepted)
                session.deliverPeerAnswer(answer(STRANGER, new RequestId(new UUID(1, 2)), PeerAnswer.Status.FAILED));

        assertThat(watch(session).completed(accepted.inputId().orElseThrow()).text())
                .isEqualTo("FAILED");
    }

    @Test
    @Requires(Capability.REPLY_HANDLES)
    public void theAnswerToAnAwaitedRequestGoesToItsHandleAndWakesNobody() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Reply reply = a.request(PeerRequest.to("b", "sum", Json.NULL));

        EventOutcome outcome = a.deliverPeerAnswer(answer(id(b), reply.requestId(), PeerAnswer.Status.COMPLETED));

        assertThat(outcome).isInstanceOf(EventOutcome.Accepted.class);
        PeerReply got = reply.await(PATIENCE).orElseThrow();
        assertThat(got.status()).isEqualTo(ResponseStatus.COMPLETED);
        assertThat(got.result()).isEqualTo(RESULT);
        assertThat(got.from().id()).isEqualTo(id(b));
        echo();
        assertThat(handled(a, "own work")).isEqualTo("own work");
        assertThat(Seen.turns(a)).containsExactly(List.of("own work"));
    }

    @Test
    @Requires(Capability.REPLY_HANDLES)
    public void aSecondTerminalAnswerIsRefused() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        RequestId awaited = a.request(PeerRequest.to("b", "sum", Json.NULL)).requestId();
        RequestId sent = a.send(PeerRequest.to("b", "sum", Json.NULL)).requestId();
        b.send(PeerResponse.completed(PeerRef.named("a"), awaited, RESULT));
        a.deliverPeerAnswer(answer(id(b), sent, PeerAnswer.Status.COMPLETED));

        for (RequestId request : List.of(awaited, sent)) {
            assertThatExceptionOfType(AlreadyAnsweredException.class)
                    .isThrownBy(() -> a.deliverPeerAnswer(answer(id(b), request, PeerAnswer.Status.FAILED)));
        }
        assertThatExceptionOfType(AlreadyAnsweredException.class)
                .isThrownBy(() -> b.send(PeerResponse.completed(PeerRef.named("a"), sent, RESULT)));
    }

    @Test
    @Requires(Capability.REPLY_HANDLES)
    public void aRequestThatWasTakenBackIsToldAsFailedWithAResultThatSaysSo() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Reply reply = a.request(PeerRequest.to("b", "sum", Json.NULL));

        a.deliverPeerAnswer(answer(id(b), reply.requestId(), PeerAnswer.Status.CANCELLED));

        PeerReply got = reply.await(PATIENCE).orElseThrow();
        assertThat(got.status()).isEqualTo(ResponseStatus.FAILED);
        assertThat(got.result()).isEqualTo(Json.parse("{\"status\":\"cancelled\",\"result\":{\"sum\":3.0}}"));
    }

    @Test
    @Requires(Capability.REPLY_HANDLES)
    public void theAnswerOfAnotherPeerSettlesNothing() throws Exception {
        Session a = idle("a");
        idle("b");
        Reply reply = a.request(PeerRequest.to("b", "sum", Json.NULL));

        assertThat(a.deliverPeerAnswer(answer(STRANGER, reply.requestId(), PeerAnswer.Status.COMPLETED)))
                .isInstanceOf(EventOutcome.Accepted.class);

        assertThat(reply.await(Duration.ZERO)).isEmpty();
    }

    @Test
    @Requires(Capability.REPLY_HANDLES)
    public void anAnswerIsKnownAfterARestart() throws Exception {
        Session a = idle("a");
        PeerId b = id(idle("b"));
        RequestId request = a.request(PeerRequest.to("b", "sum", Json.NULL)).requestId();
        a.deliverPeerAnswer(answer(b, request, PeerAnswer.Status.COMPLETED));

        fixture().restart();

        assertThat(again(a).reply(request).await(PATIENCE).orElseThrow().result())
                .isEqualTo(RESULT);
    }

    @Test
    @Needs(Detail.TINY_LIMITS)
    public void aFullLaneRefusesIt() throws Exception {
        Session session = idle("a");
        Runnable unused = hold(session)::open;
        PeerAnswer answer = answer(STRANGER, new RequestId(new UUID(1, 2)), PeerAnswer.Status.COMPLETED);
        for (int i = 0; i < MeerkatFixture.COMMS_INPUTS; i++) {
            assertThat(session.deliverPeerAnswer(answer)).isInstanceOf(EventOutcome.Accepted.class);
        }

        assertThat(session.deliverPeerAnswer(answer)).isInstanceOf(EventOutcome.Refused.class);
    }

    @Test
    public void anArchivedSessionTakesNone() throws Exception {
        Session session = idle("a");
        session.archive();

        assertThatExceptionOfType(SessionArchivedException.class)
                .isThrownBy(() -> session.deliverPeerAnswer(
                        answer(STRANGER, new RequestId(new UUID(1, 2)), PeerAnswer.Status.COMPLETED)));
    }

    private static PeerId id(Session session) throws InterruptedException {
        return session.snapshot().peerId().orElseThrow();
    }

    private static PeerAnswer answer(PeerId peer, RequestId request, PeerAnswer.Status status) {
        return new PeerAnswer(peer, Optional.of("agent-x"), request, status, RESULT);
    }
}
