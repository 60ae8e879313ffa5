package dev.meerkat.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Events from outside: their receipts and keys, and that they wait for a turn. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.meerkat.conformance.Reached#all")
class ExternalEventsTest extends ServerTest {
    private static final ExternalEvent DEPLOYED =
            ExternalEvent.genericJson("deploy_complete", Json.parse("{\"environment\":\"prod\"}"));

    @Test
    void anEventWaitsForTheNextTurn() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));

        EventOutcome outcome = session.sendExternalEvent(DEPLOYED);

        assertThat(outcome).isInstanceOf(EventOutcome.Accepted.class);
        assertThat(session.snapshot().messageCount()).isEqualTo(3);
        completed(session.startTurn("what happened?"));
        assertThat(texts(transcript(session)).get(3))
                .contains("deploy_complete")
                .contains("prod");
    }

    @Test
    void theReceiptLeadsToTheStatusWhereItHasAnId() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));

        Optional<InputId> id = ((EventOutcome.Accepted) session.sendExternalEvent(DEPLOYED)).inputId();

        if (reached().isRest()) {
            assertThat(id).isEmpty();
            return;
        }
        if (!reached().isLine09()) {
            assertThatExceptionOfType(NotSupportedException.class).isThrownBy(() -> session.inputStatus(id.orElseThrow()));
            return;
        }
        assertThat(session.inputStatus(id.orElseThrow()).map(InputStatus::state)).contains(InputStatus.State.QUEUED);
        completed(session.startTurn("what happened?"));
        assertThat(session.inputStatus(id.orElseThrow()).map(InputStatus::state)).contains(InputStatus.State.CONSUMED);
    }

    @Test
    void aKeyIsTakenOnceAndForOneContent() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));
        ExternalEvent keyed = DEPLOYED.withIdempotencyKey("deploy-1");
        if (!reached().isLine09()) {
            assertThatExceptionOfType(NotSupportedException.class).isThrownBy(() -> session.sendExternalEvent(keyed));
            return;
        }
        assertThat(session.sendExternalEvent(keyed)).isInstanceOf(EventOutcome.Accepted.class);

        // Over REST the server answers a duplicate as if it were new.
        assertThat(session.sendExternalEvent(keyed))
                .isInstanceOf(reached().isRest() ? EventOutcome.Accepted.class : EventOutcome.Duplicate.class);
        assertThat(session.sendExternalEvent(
                        ExternalEvent.genericJson("deploy_complete", Json.NULL).withIdempotencyKey("deploy-1")))
                .isInstanceOf(EventOutcome.Conflict.class);

        completed(session.startTurn("what happened?"));
        assertThat(texts(transcript(session)))
                .filteredOn(text -> text.contains("deploy_complete"))
                .hasSize(1);
    }

    @Test
    void anEventDoesNotWakeAKeepAliveSessionAndGoesWithTheNextInput() throws Exception {
        // The page says that it wakes; the servers do not.
        Session session =
                idle(client(), SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs(name()));
        Session other = idle(client(), SessionSpec.ofPrompt("You are another.").withKeepAliveAs(name()));

        try (EventStream events = session.eventsFromNow()) {
            session.sendExternalEvent(DEPLOYED);
            // A whole turn elsewhere: what would wake has its chance to.
            completed(other.startTurn("elsewhere"));
            assertThat(session.snapshot().messageCount()).isEqualTo(3);

            session.send(CommsCommand.Input.of("wake"));

            assertThat(texts(answered(session, 2, events)).toString())
                    .contains("deploy_complete")
                    .contains("wake");
        }
    }

    @Test
    void theClientWakesTheSessionIfAskedTo() throws Exception {
        RemoteMeerkat client = switch (reached().access()) {
            case STDIO ->
                MeerkatClient.stdio(home().launcher(reached().server()))
                        .wakeAfterEvents()
                        .open();
            case TCP ->
                MeerkatClient.tcp("127.0.0.1", server().port())
                        .wakeAfterEvents()
                        .open();
            case REST ->
                MeerkatClient.rest(server().uri())
                        .webhookSecret(ServerHome.WEBHOOK_SECRET)
                        .wakeAfterEvents()
                        .open();
        };
        try (client) {
            Session session =
                    idle(client, SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs(name()));
            try (EventStream events = session.eventsFromNow()) {
                session.sendExternalEvent(DEPLOYED);

                assertThat(texts(answered(session, 2, events)).toString()).contains("deploy_complete");
            }
        }
    }

    @Test
    void anEventForAnArchivedSessionIsRefused() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));
        session.archive();

        assertThatExceptionOfType(SessionArchivedException.class).isThrownBy(() -> session.sendExternalEvent(DEPLOYED));
    }

    @Test
    void anAnswerOnBehalfOfAPeerWakesTheSession() throws Exception {
        Session session =
                idle(client(), SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs(name()));
        PeerAnswer answer = new PeerAnswer(
                PeerId.of("00000000-0000-5000-8000-000000000000"),
                Optional.of("agent-b"),
                RequestId.of("00000000-0000-4000-8000-000000000000"),
                PeerAnswer.Status.COMPLETED,
                Json.parse("{\"answer\":42}"));

        try (EventStream events = session.eventsFromNow()) {
            assertThat(session.deliverPeerAnswer(answer)).isInstanceOf(EventOutcome.Accepted.class);

            assertThat(texts(answered(session, 2, events)).toString()).contains("42");
        }
    }
}
