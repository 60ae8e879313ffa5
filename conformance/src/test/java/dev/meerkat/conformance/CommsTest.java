package dev.meerkat.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.client.RemoteMeerkat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands of sessions without peers: what wakes, and what is refused with which type. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.meerkat.conformance.Reached#all")
class CommsTest extends ServerTest {
    private static final PeerRef STRANGER = PeerRef.id(PeerId.of("00000000-0000-5000-8000-000000000000"));

    private Session keptAlive(RemoteMeerkat client) throws InterruptedException {
        return idle(client, SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs(name()));
    }

    @Test
    void anInputWakesAKeepAliveSession() throws Exception {
        Session session = keptAlive(client());

        try (EventStream events = session.eventsFromNow()) {
            session.send(CommsCommand.Input.of("later work"));

            assertThat(texts(answered(session, 2, events)).get(3)).contains("later work");
        }
    }

    @Test
    void aSteeredInputWakesAnIdleSessionLikeAnyOther() throws Exception {
        Session session = keptAlive(client());
        CommsCommand.Input steered = CommsCommand.Input.of("now").withHandlingMode(HandlingMode.STEER);
        if (!reached().isLine09()) {
            // The server would take it, and end the comms of the session.
            assertThatExceptionOfType(NotSupportedException.class).isThrownBy(() -> session.send(steered));
            return;
        }

        try (EventStream events = session.eventsFromNow()) {
            session.send(steered);

            assertThat(answered(session, 2, events).get(3)).isInstanceOf(TranscriptEntry.Input.class);
        }
    }

    @Test
    void namedSessionsOfOneServerAreNoPeers() throws Exception {
        // The page says that they are; the servers trust only what is wired.
        RemoteMeerkat client = client();
        Session session = keptAlive(client);
        String other = name();
        idle(client, SessionSpec.ofPrompt("You are another.").withKeepAliveAs(other));

        assertThat(session.peers()).isEmpty();
        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> session.send(CommsCommand.PeerMessage.to(other, "hello")))
                .satisfies(e -> assertThat(e.candidates()).isEmpty());
    }

    @Test
    void anUntrustedIdIsRefusedByTheServer() throws Exception {
        Session session = keptAlive(client());

        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> session.send(CommsCommand.PeerMessage.to(STRANGER, "hello")));
    }

    @Test
    void aFreeIntentIsRefusedBeforeItIsSent() throws Exception {
        Session session = keptAlive(client());

        assertThatExceptionOfType(NotSupportedException.class)
                .isThrownBy(() -> session.send(CommsCommand.PeerRequest.to(STRANGER, "review", Json.EMPTY_OBJECT)));
    }

    @Test
    void aResponseToNoRequestIsRefused() throws Exception {
        Session session = keptAlive(client());
        RequestId request = RequestId.of("00000000-0000-4000-8000-000000000000");
        Json result = Json.parse("{\"request_intent\":\"checksum_token\",\"request_subject\":\"s\",\"token\":\"t\"}");

        assertThatExceptionOfType(MeerkatException.class)
                .isThrownBy(() -> session.send(CommsCommand.PeerResponse.completed(STRANGER, request, result)));
        assertThat(session.snapshot().messageCount()).isEqualTo(3);
    }

    @Test
    void aSessionWithoutANameHasNoComms() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));

        assertThatExceptionOfType(NotDoneException.class)
                .isThrownBy(() -> session.send(CommsCommand.Input.of("later work")));
        assertThatExceptionOfType(NotDoneException.class).isThrownBy(session::peers);
    }

    @Test
    void aNameThatALiveSessionHasIsRefusedAndFreeAfterItsArchiving() throws Exception {
        // Over JSON-RPC the server answers that all is well, and the new session never lives.
        RemoteMeerkat client = client();
        String name = name();
        Session first = idle(client, SessionSpec.ofPrompt("You are the first.").withKeepAliveAs(name));

        SessionSpec second = SessionSpec.ofPrompt("You are the second.").withKeepAliveAs(name);
        if (reached().isLine09()) {
            assertThatExceptionOfType(MeerkatException.class).isThrownBy(() -> client.create(second));
        } else {
            // The old line lets a second one take the name over.
            idle(client, second).archive();
        }
        first.archive();

        Session third = idle(client, SessionSpec.ofPrompt("You are the third.").withKeepAliveAs(name));
        assertThat(third.peers()).isEmpty();
    }
}
