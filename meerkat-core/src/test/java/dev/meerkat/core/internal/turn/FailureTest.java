package dev.meerkat.core.internal.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.FailedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void aTurnOverItsLengthIsNoTransientFailureWhateverTheAgentThrewWhenInterrupted() {
        for (Exception thrown : new Exception[] {
            new InterruptedIOException("interrupted"), new TimeoutException("late"), new InterruptedException()
        }) {
            FailedException overdue = new FailedException(Failure.OVERDUE, "too long", thrown);
            assertThat(Failure.of(overdue).passes()).isFalse();
        }
        assertThat(Failure.of(new FailedException("model_error", "no answer", new IOException("reset")))
                        .passes())
                .isTrue();
    }
}
