package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.*;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventSnippetsTest {
    private final Agent agent = turn -> "ok";
    private final Meerkat meerkat = MeerkatRuntime.of(agent).open();
    private Session session;

    @BeforeEach
    void oneSession() throws InterruptedException {
        session = meerkat.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
    }

    @AfterEach
    void close() {
        meerkat.close();
    }

    @Test
    void aDeliveryTakesEffectOnce() throws InterruptedException {
        // snippet: event
        Json payload = Json.of(Map.of("environment", "prod", "release", "2026.04.21"));
        ExternalEvent event = ExternalEvent.genericJson("deploy_complete", payload)
                .withSource("deployer")
                .withIdempotencyKey("deploy-4711");
        EventOutcome outcome = session.sendExternalEvent(event);
        // end
        assertThat(outcome).isInstanceOf(EventOutcome.Accepted.class);
        assertThat(session.sendExternalEvent(event)).isInstanceOf(EventOutcome.Duplicate.class);
        assertThat(httpStatus(outcome)).isEqualTo(202);
    }

    // snippet: outcomes
    /** What a webhook endpoint answers. */
    static int httpStatus(EventOutcome outcome) {
        if (outcome instanceof EventOutcome.Accepted || outcome instanceof EventOutcome.Duplicate) {
            return 202; // stored: the sender need not send it again
        } else if (outcome instanceof EventOutcome.Conflict) {
            return 409; // the same key came with other content before
        } else {
            return 503; // Refused: the lane is full, nothing was done, send it again later
        }
    }
    // end

    @Test
    void eventsAreReadFromACursorOn() throws InterruptedException {
        List<SessionEvent> seen = new ArrayList<>();
        // snippet: watch
        Cursor position = Cursor.START; // or where you stopped the last time
        try (EventStream events = session.events(position)) {
            Optional<SessionEvent> event = events.next(Duration.ofSeconds(30));
            while (event.isPresent()) {
                seen.add(event.get());
                if (event.get() instanceof SessionEvent.TurnCompleted) {
                    break;
                }
                event = events.next(Duration.ofSeconds(30));
            }
            position = events.position(); // keep it, to go on from here
        }
        // end
        assertThat(seen.get(0).cursor()).isEqualTo(new Cursor(1));
        assertThat(seen.get(seen.size() - 1).cursor()).isEqualTo(position);
    }

    @Test
    void eventsAreAPublisherToo() throws InterruptedException {
        ExecutorService executor = Executors.newCachedThreadPool();
        List<SessionEvent> seen = new ArrayList<>();
        java.util.concurrent.CountDownLatch done = new java.util.concurrent.CountDownLatch(1);
        Flow.Subscriber<SessionEvent> subscriber = new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(1);
            }

            @Override
            public void onNext(SessionEvent event) {
                seen.add(event);
                done.countDown();
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
        };
        // snippet: flow
        Flow.Publisher<SessionEvent> publisher = new EventPublisher(session, Cursor.START, executor);
        publisher.subscribe(subscriber);
        // end
        assertThat(done.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(seen).hasSize(1);
        executor.shutdownNow();
    }
}
