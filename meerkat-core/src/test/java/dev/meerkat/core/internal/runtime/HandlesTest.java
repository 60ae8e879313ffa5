package dev.meerkat.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.SessionId;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HandlesTest {
    private static final SessionId SESSION = new SessionId(new UUID(1, 2));

    private final Handles<String, Integer> handles = new Handles<>();

    @Test
    void allWhoWaitForAnIdGetItsEnd() {
        CompletableFuture<Integer> first = handles.expect(SESSION, "a");
        CompletableFuture<Integer> second = handles.expect(SESSION, "a");
        CompletableFuture<Integer> other = handles.expect(SESSION, "b");
        handles.complete("a", 1);
        assertThat(first).isCompletedWithValue(1);
        assertThat(second).isCompletedWithValue(1);
        assertThat(other).isNotDone();
    }

    @Test
    void oneWhoGivesUpDoesNotTakeTheOthersWithIt() {
        CompletableFuture<Integer> first = handles.expect(SESSION, "a");
        CompletableFuture<Integer> second = handles.expect(SESSION, "a");
        handles.forget("a", first);
        handles.complete("a", 1);
        assertThat(first).isNotDone();
        assertThat(second).isCompletedWithValue(1);
    }

    @Test
    void whoWaitsWhenItClosesOrComesLaterIsTold() {
        CompletableFuture<Integer> before = handles.expect(SESSION, "a");
        handles.close();
        CompletableFuture<Integer> after = handles.expect(SESSION, "b");
        assertThat(before)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(MeerkatClosedException.class);
        assertThat(after)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(MeerkatClosedException.class);
    }
}
