package dev.meerkat.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A turn is stopped by its id where the server can, and what it cannot do at all is refused. */
class StopTest {
    private static final TurnId RUNNING = new TurnId(new UUID(1, 2));

    private final Session session = new RemoteSessionHandle(
            new NoCalls() {
                @Override
                public boolean stop(SessionId id, TurnId turn) {
                    return turn.equals(RUNNING);
                }
            }.context(),
            NoCalls.SESSION,
            "a",
            null);

    @Test
    void theRunningTurnIsToldToStopAndAnotherOneIsNot() throws Exception {
        assertThat(session.interrupt(RUNNING)).isEqualTo(new InterruptOutcome.Stopping(Optional.of(RUNNING)));
        assertThat(session.interrupt(new TurnId(new UUID(1, 3)))).isEqualTo(new InterruptOutcome.Idle());
    }

    @Test
    void whetherASessionIsKeptAliveCannotBeChanged() {
        assertThatExceptionOfType(NotSupportedException.class).isThrownBy(() -> session.changeKeepAlive(false));
    }
}
