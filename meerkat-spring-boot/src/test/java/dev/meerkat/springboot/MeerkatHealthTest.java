package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.core.Health.Problem;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the health indicator and the endpoint tell. */
class MeerkatHealthTest {
    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withPropertyValues("management.endpoints.web.exposure.include=*")
            .withConfiguration(AutoConfigurations.of(
                    MeerkatAutoConfiguration.class,
                    MeerkatClientAutoConfiguration.class,
                    MeerkatEndpointAutoConfiguration.class,
                    MeerkatHealthAutoConfiguration.class));
    private final ApplicationContextRunner runner =
            bare.withBean(Agent.class, () -> turn -> "fine").withBean(RetryPolicy.class, RetryPolicy::none);

    @Test
    void aMeerkatThatWorksIsUpAndHasNoDeadLetters() {
        runner.run(context -> {
            Health health = context.getBean(HealthIndicator.class).health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails())
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of("problemCount", 0, "problems", List.of(), "deadLetters", false));
        });
    }

    @Test
    void aDeadLetterIsADetailAndTheEndpointTellsOfItWithoutItsBody() {
        runner.withBean("failing", Agent.class, Failing::new).run(context -> {
            Meerkat meerkat = context.getBean(Meerkat.class);
            Session session = meerkat.create(
                    SessionSpec.ofPrompt("hello").withKeepAliveAs("bad").withDeferredStart());
            try (var events = session.events(Cursor.START)) {
                session.sendExternalEvent(ExternalEvent.genericJson("push", Json.of("the secret payload")));
                while (events.next(Duration.ofSeconds(30))
                                .orElseThrow()
                                .getType()
                                .indexOf("dead_letter")
                        < 0) {}
            }
            Health health = context.getBean(HealthIndicator.class).health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsEntry("deadLetters", true);

            Map<String, Object> told = context.getBean(MeerkatEndpoint.class).part("dead-letters", null, null);
            assertThat(told).containsEntry("has_more", false);
            assertThat(told.toString())
                    .contains(session.id().toString(), "attempts=1")
                    .doesNotContain("the secret payload");
        });
    }

    @Test
    void sinceWhenTheOldestInputWaitsIsADetail() {
        MemoryStore store = MemoryStore.create();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        bare.withBean(MemoryStore.class, () -> store)
                .withBean(Agent.class, () -> turn -> {
                    entered.countDown();
                    released.await();
                    return "late";
                })
                .run(context -> {
                    Session session = context.getBean(Meerkat.class)
                            .create(SessionSpec.ofPrompt("hello").withKeepAliveAs("slow"));
                    entered.await();
                    session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));
                    session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));
                    Health health = context.getBean(HealthIndicator.class).health();
                    List<Waiting> waiting = store.waiting(session.id(), Track.PROMPT, 0, 1);
                    released.countDown();
                    assertThat(health.getDetails())
                            .containsEntry(
                                    "oldestWaitingSince",
                                    waiting.get(0).input().at().toString());
                });
    }

    @MeerkatAgent(name = "bad")
    private static final class Failing implements Agent {
        @Override
        public String answer(TurnContext turn) {
            throw new IllegalStateException("does not work");
        }
    }

    @Test
    void problemsOfSingleSessionsAreDetailsAndTheFirstAreTold() throws Exception {
        SessionId id = SessionId.of("01a22cc8-69bf-7000-a843-228baaa87706");
        Meerkat meerkat = withHealth(IntStream.range(0, 30)
                .mapToObj(i -> new Problem("parked", "budget " + i, Optional.of(id)))
                .toList());
        bare.withBean(Meerkat.class, () -> meerkat).run(context -> {
            Health health = context.getBean(HealthIndicator.class).health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsEntry("problemCount", 30);
            assertThat((List<?>) health.getDetails().get("problems"))
                    .hasSize(20)
                    .first()
                    .isEqualTo(Map.of("code", "parked", "message", "budget 0", "session", id.toString()));
        });
    }

    @Test
    void aMeerkatThatTakesNoWorkIsDown() throws Exception {
        Meerkat meerkat = withHealth(List.of(Problem.ofAll("store_unavailable", "the disk is full")));
        bare.withBean(Meerkat.class, () -> meerkat).run(context -> {
            Health health = context.getBean(HealthIndicator.class).health();
            assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.getDetails().toString()).contains("store_unavailable", "the disk is full");
        });
    }

    private static Meerkat withHealth(List<Problem> problems) throws InterruptedException {
        Meerkat meerkat = mock(Meerkat.class, withSettings().extraInterfaces(HealthCheck.class));
        when(((HealthCheck) meerkat).health()).thenReturn(new dev.meerkat.core.Health(problems));
        when(meerkat.capabilities()).thenReturn(new Capabilities("mock", "1", Set.of(Capability.DEAD_LETTERS)));
        when(meerkat.deadLetters(anyInt(), anyInt())).thenReturn(new DeadLetterPage(List.of(), false));
        return meerkat;
    }

    @Test
    void aServerIsAskedAndDownIfItCannotBeReached() throws Exception {
        RemoteMeerkat server = mock(RemoteMeerkat.class);
        when(server.capabilities()).thenReturn(new Capabilities("mock", "1", Set.of()));
        when(server.contractVersion()).thenReturn("0.9.8");
        when(server.checkHealth())
                .thenReturn(List.of("parked: one"))
                .thenThrow(new ServerUnreachableException("gone", null));
        bare.withBean(RemoteMeerkat.class, () -> server).run(context -> {
            HealthIndicator indicator = context.getBean(HealthIndicator.class);
            Health health = indicator.health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails())
                    .containsEntry("contractVersion", "0.9.8")
                    .containsEntry("problems", List.of("parked: one"))
                    .doesNotContainKey("deadLetters");
            assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void aServerThatDoesNotTellOfDeadLettersIsSaidToBeOne() throws Exception {
        Meerkat meerkat = mock(Meerkat.class);
        when(meerkat.deadLetters(anyInt(), anyInt())).thenThrow(new NotSupportedException("dead letters"));
        bare.withBean(Meerkat.class, () -> meerkat).run(context -> {
            MeerkatEndpoint endpoint = context.getBean(MeerkatEndpoint.class);
            assertThatThrownBy(() -> endpoint.part("dead-letters", null, null))
                    .isInstanceOf(InvalidEndpointRequestException.class)
                    .hasMessageContaining("dead letters");
        });
    }

    @Test
    void healthAndEndpointAreThereOnlyWhereTheApplicationWantsThem() {
        runner.withPropertyValues(
                        "management.health.meerkat.enabled=false", "management.endpoints.web.exposure.include=health")
                .run(context -> assertThat(context)
                        .hasSingleBean(Meerkat.class)
                        .doesNotHaveBean(HealthIndicator.class)
                        .doesNotHaveBean(MeerkatEndpoint.class));
    }
}
