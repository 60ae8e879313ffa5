package dev.meerkat.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.SessionId;
import org.junit.jupiter.api.Test;

/** Interrupts: without reading the session, which a server of the line 0.6 does not answer while a turn runs. */
class InterruptTest {
    /** Reading the session fails the test. */
    private static final class Busy extends NoCalls {
        private final boolean runs;

        Busy(boolean runs) {
            this.runs = runs;
        }

        @Override
        public boolean running(SessionId session) {
            return runs;
        }

        @Override
        public boolean interrupt(SessionId session) {
            return true;
        }
    }

    private static InterruptOutcome interrupted(Busy server) throws InterruptedException {
        return new RemoteSessionHandle(server.context(), NoCalls.SESSION, null, null).interrupt();
    }

    @Test
    void aTurnThatRunsIsStoppedWithoutReadingItsSession() throws Exception {
        assertThat(interrupted(new Busy(true))).isInstanceOf(InterruptOutcome.Stopping.class);
    }

    @Test
    void aSessionWithoutATurnIsIdleWhateverTheServerAnswers() throws Exception {
        assertThat(interrupted(new Busy(false))).isEqualTo(new InterruptOutcome.Idle());
    }
}
