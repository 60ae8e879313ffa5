package dev.meerkat.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.MeerkatClosedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HandlesTest {
    private final Handles<String, Integer> handles = new Handles<>();

    @Test
    void allWhoWaitForAnIdGetItsEnd() {
        CompletableFuture<Integer> first = handles.expect(this, "a");
        CompletableFuture<Integer> second = handles.expect(this, "a");
        CompletableFuture<Integer> other = handles.expect(this, "b");
        handles.complete("a", 1);
        assertThat(first).isCompletedWithValue(1);
        assertThat(second).isCompletedWithValue(1);
        assertThat(other).isNotDone();
    }

    @Test
    void oneWhoGivesUpDoesNotTakeTheOthersWithIt() {
        CompletableFuture<Integer> first = handles.expect(this, "a");
        CompletableFuture<Integer> second = handles.expect(this, "a");
        handles.forget("a", first);
        handles.complete("a", 1);
        assertThat(first).isNotDone();
        assertThat(second).isCompletedWithValue(1);
    }

    @Test
    void whoWaitsWhenItClosesOrComesLaterIsTold() {
        CompletableFuture<Integer> before = handles.expect(this, "a");
        handles.close();
        CompletableFuture<Integer> after = handles.expect(this, "b");
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
