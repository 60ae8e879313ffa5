package dev.meerkat.server.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.wire.internal.WireJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a host hears that reads slowly, or not at all. */
@Timeout(60)
class NarrationTest {
    private static final SessionId SESSION = new SessionId(UUID.fromString("01900000-0000-7000-8000-000000000001"));

    private final Workers workers = new Workers(16);
    private final List<ObjectNode> told = new ArrayList<>();
    private final List<CompletableFuture<Void>> written = new ArrayList<>();
    private final FakeTap tap = new FakeTap();

    @AfterEach
    void stop() {
        workers.close();
    }

    private static final class FakeTap implements EventSubscription {
        int resumed;
        boolean closed;

        @Override
        public SessionId session() {
            return SESSION;
        }

        @Override
        public long messages() {
            return 0;
        }

        @Override
        public OptionalLong begin() {
            return OptionalLong.empty();
        }

        @Override
        public void resume() {
            resumed++;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private Narration begun(boolean beginning) {
        Narration narration = new Narration(SESSION, this::tell, workers, beginning);
        narration.begin(tap);
        return narration;
    }

    private CompletionStage<?> tell(ObjectNode data) {
        told.add(data);
        CompletableFuture<Void> end = new CompletableFuture<>();
        written.add(end);
        return end;
    }

    private static WireEvent event(long sequence, String endOfRun) {
        ObjectNode envelope = WireJson.object().put("seq", sequence);
        return new WireEvent(
                sequence, true, "text", envelope, Optional.of(endOfRun).filter(run -> !run.isEmpty()));
    }

    @Test
    void theNextEventIsToldWhenTheLastIsWritten() {
        Narration narration = begun(false);
        assertThat(narration.offer(event(8, ""))).isTrue();
        assertThat(narration.offer(event(9, ""))).isFalse();
        assertThat(told).hasSize(1);
        assertThat(told.get(0).toString())
                .isEqualTo("{\"source\":\"meerkat\",\"session_id\":\"" + SESSION + "\",\"event\":{\"seq\":8}}");

        written.get(0).complete(null);
        assertThat(tap.resumed).isEqualTo(2);
        assertThat(narration.offer(event(9, ""))).isTrue();
    }

    @Test
    void anAnswerFollowsTheLastEventOfItsRun() {
        Narration narration = begun(true);
        CompletableFuture<Void> answer = new CompletableFuture<>();
        narration.afterEventsOf("run-2", () -> answer.complete(null));
        narration.offer(event(8, "run-1"));
        written.get(0).complete(null);
        assertThat(answer).isNotDone();
        narration.offer(event(9, "run-2"));
        assertThat(answer).isNotDone();
        written.get(1).complete(null);
        assertThat(answer).isCompleted();
    }

    @Test
    void anAnswerWhoseEventsAreToldComesAtOnce() {
        Narration narration = begun(true);
        narration.offer(event(8, "run-1"));
        written.get(0).complete(null);
        CompletableFuture<Void> answer = new CompletableFuture<>();
        narration.afterEventsOf("run-1", () -> answer.complete(null));
        assertThat(answer).isCompleted();
    }

    @Test
    void anAnswerDoesNotWaitForAHostThatIsGoneOrASessionThatEnded() {
        Narration gone = begun(true);
        CompletableFuture<Void> first = new CompletableFuture<>();
        gone.afterEventsOf("run-1", () -> first.complete(null));
        gone.offer(event(8, ""));
        written.get(0).completeExceptionally(new IllegalStateException("gone"));
        assertThat(first).isCompleted();
        assertThat(gone.offer(event(9, ""))).isFalse();

        Narration ended = begun(true);
        CompletableFuture<Void> second = new CompletableFuture<>();
        ended.afterEventsOf("run-1", () -> second.complete(null));
        ended.ended(null);
        assertThat(second).isCompleted();
    }

    @Test
    void anAnswerWaitsNoLongerThanSecondsForAHostThatDoesNotRead() {
        Narration narration = begun(true);
        CompletableFuture<Void> answer = new CompletableFuture<>();
        narration.offer(event(8, "run-1"));
        narration.afterEventsOf("run-1", () -> answer.complete(null));
        assertThat(answer).succeedsWithin(60, TimeUnit.SECONDS);
    }

    @Test
    void whatIsNotToldBeforeACallOfAToolIsForTheNextHost() {
        Narration narration = begun(true);
        CompletableFuture<Void> answer = new CompletableFuture<>();
        narration.pause(() -> answer.complete(null));
        assertThat(answer).as("the turn's first event comes before").isNotDone();

        narration.offer(event(8, ""));
        assertThat(narration.offer(event(9, ""))).isFalse();
        written.get(0).complete(null);
        assertThat(answer).isCompleted();
        assertThat(narration.offer(event(9, ""))).isFalse();
        assertThat(tap.resumed).isEqualTo(1);

        List<ObjectNode> other = new ArrayList<>();
        narration.goOn(data -> {
            other.add(data);
            return CompletableFuture.completedFuture(null);
        });
        assertThat(tap.resumed).isEqualTo(2);
        assertThat(narration.offer(event(9, ""))).isTrue();
        assertThat(told).hasSize(1);
        assertThat(other.get(0).at("/event/seq").intValue()).isEqualTo(9);
    }

    @Test
    void whoBringsResultsNeedNotHearAnything() {
        Narration narration = begun(false);
        CompletableFuture<Void> answer = new CompletableFuture<>();
        narration.pause(() -> answer.complete(null));
        assertThat(answer).isCompleted();
        assertThat(narration.offer(event(8, ""))).isFalse();
    }
}
