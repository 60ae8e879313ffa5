package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.*;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.agent.Agent;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LimitsSnippetsTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final Agent agent = turn -> {
        release.await();
        return "ok";
    };

    @Test
    void aFullLaneRefusesAndSaysWhenToComeAgain() throws InterruptedException {
        // snippet: limits
        RuntimeLimits limits = RuntimeLimits.defaults()
                .withLanes(64, 1_000, 8 << 20) // comms inputs, external inputs, external bytes
                .withTurnInputs(16)
                .withLiveEvents(1_024)
                .withWaits(
                        new RuntimeLimits.Waits(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(20)));
        // end
        RuntimeLimits tiny = limits.withLanes(1, 1, 1_000);
        try (Meerkat meerkat = MeerkatRuntime.of(agent).limits(tiny).open()) {
            Session session = meerkat.create(
                    SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
            ExternalEvent event = ExternalEvent.genericJson("tick", Json.NULL);
            EventOutcome outcome = session.sendExternalEvent(event);
            while (outcome instanceof EventOutcome.Accepted) {
                outcome = session.sendExternalEvent(event);
            }
            // snippet: refused
            if (outcome instanceof EventOutcome.Refused refused) {
                LaneFullException reason = refused.reason();
                System.out.println(reason.lane() + " is full, try again in " + reason.retryAfter());
            }
            // end
            assertThat(outcome).isInstanceOf(EventOutcome.Refused.class);
            release.countDown();
        }
    }
}
