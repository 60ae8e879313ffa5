package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrustPolicyTest {
    @Test
    void aPolicyDecidesWhoIsSeenAndMayBeAddressed() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()
                .trust((from, to) -> from.labels().equals(to.labels()))
                .answeredBy(turn -> "ok")) {
            Session red = create(harness, "red", "red");
            create(harness, "also-red", "red");
            create(harness, "blue", "blue");
            assertThat(red.peers()).extracting(Peer::name).containsExactly("also-red");
            assertThat(red.send(PeerMessage.to("also-red", "hello"))).isNotNull();
            assertThatExceptionOfType(PeerNotFoundException.class)
                    .isThrownBy(() -> red.send(PeerMessage.to("blue", "hello")))
                    .withMessageContaining("blue")
                    .withMessageContaining("also-red");
        }
    }

    private static Session create(MeerkatHarness harness, String name, String team) throws InterruptedException {
        return harness.meerkat()
                .create(SessionSpec.ofPrompt("You are " + name + ".")
                        .withKeepAliveAs(name)
                        .withLabels(Map.of("team", team)));
    }
}
