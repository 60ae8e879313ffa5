package dev.meerkat.examples.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.testkit.Samples;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

// snippet: mocked
class BuildAlertsTest {
    private final Meerkat meerkat = mock(Meerkat.class);
    private final Session triage = mock(Session.class);
    private final BuildAlerts alerts = new BuildAlerts(meerkat, "triage");

    @BeforeEach
    void aSessionIsThere() throws InterruptedException {
        when(meerkat.open("triage")).thenReturn(triage);
    }

    @Test
    void aBuildIsHandedOverUnderItsNumber() throws InterruptedException {
        when(triage.sendExternalEvent(any())).thenReturn(Samples.accepted());

        assertThat(alerts.failed(1742, "https://ci.example.org/1742")).isTrue();

        ArgumentCaptor<ExternalEvent> event = ArgumentCaptor.forClass(ExternalEvent.class);
        verify(triage).sendExternalEvent(event.capture());
        assertThat(event.getValue().idempotencyKey()).hasValue("build-1742");
    }

    @Test
    void aBuildThatTheSessionKnowsIsAsGoodAsHandedOver() throws InterruptedException {
        when(triage.sendExternalEvent(any())).thenReturn(Samples.duplicate());

        assertThat(alerts.failed(1742, "https://ci.example.org/1742")).isTrue();
    }

    @Test
    void aFullLaneMeansTryAgain() throws InterruptedException {
        when(triage.sendExternalEvent(any())).thenReturn(Samples.refused());

        assertThat(alerts.failed(1742, "https://ci.example.org/1742")).isFalse();
    }

    @Test
    void aPeerIsTold() throws InterruptedException {
        PeerMessage message = PeerMessage.to("owner", "Build 1742 works again.");
        when(triage.send(message)).thenReturn(Samples.messageSent());

        alerts.fixed(1742, "owner");

        verify(triage).send(message);
    }

    @Test
    void aSessionThatIsMissingIsReported() throws InterruptedException {
        when(meerkat.open("triage")).thenThrow(new SessionNotFoundException("triage"));

        assertThatThrownBy(() -> alerts.failed(1742, "https://ci.example.org/1742"))
                .isInstanceOf(SessionNotFoundException.class);
    }
}
// end
