package dev.meerkat.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.ServerUnreachableException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What only REST has: a secret for events, and addresses. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.meerkat.conformance.Reached#rest")
class RestTest extends ServerTest {
    @Test
    void anEventWithoutTheSecretIsRefusedAndNothingIsQueued() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));

        try (RemoteMeerkat stranger = MeerkatClient.rest(server().uri()).open()) {
            Session seen = stranger.open(session.id());
            assertThatExceptionOfType(NotDoneException.class)
                    .isThrownBy(() -> seen.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL)));
        }

        completed(session.startTurn("anything?"));
        assertThat(session.snapshot().messageCount()).isEqualTo(5);
    }

    @Test
    void anAddressWithoutAServerIsUnreachable() {
        assertThatExceptionOfType(ServerUnreachableException.class)
                .isThrownBy(() ->
                        MeerkatClient.rest(URI.create("http://127.0.0.1:1")).open());
    }

    @Test
    void aClosedClientLeavesTheSessionsToOthers() throws Exception {
        RemoteMeerkat client = client();
        Session session = idle(client, SessionSpec.ofPrompt("Say ok."));
        client.close();

        assertThat(completed(client().open(session.id()).startTurn("still there?"))
                        .text())
                .isEqualTo("ok");
    }
}
