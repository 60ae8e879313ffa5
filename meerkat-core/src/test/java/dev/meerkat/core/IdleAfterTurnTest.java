package dev.meerkat.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A caller that was told of a turn's end does not find its session running. */
@Timeout(120)
class IdleAfterTurnTest {
    private static final int TURNS = 500;

    @Test
    void aSessionIsIdleOnceTheEndOfItsTurnIsTold() throws InterruptedException {
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> "ok").open()) {
            Session session = meerkat.create(SessionSpec.withoutPrompt());
            for (int i = 0; i < TURNS; i++) {
                assertThat(session.startTurn("go").await(Duration.ofMinutes(1))).isPresent();

                assertThat(session.snapshot().state()).isEqualTo(SessionSnapshot.State.IDLE);
            }
        }
    }
}
