package dev.meerkat.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.agent.AgentRouter;
import dev.meerkat.store.sqlite.SqliteStore;
import dev.meerkat.testkit.MeerkatHarness;
import dev.meerkat.testkit.ScriptedModel;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeerkatMetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ChatTool TOOL =
            new ChatTool("look_up", "Looks something up.", Json.parse("{\"type\":\"object\"}"), (arguments, key) -> {
                return Json.of("found");
            });

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final MeerkatMetrics metrics = MeerkatMetrics.of(registry);

    @Test
    void aTurnOfAChatAgentIsCountedAndTimed() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            ScriptedModel model = ScriptedModel.create(harness.time());
            model.next().tool("look_up", "{}").usage(10, 2).end();
            model.next().tool("no_such_tool", "{}").usage(20, 3).end();
            model.next().text("done").usage(30, 4).end();
            Meerkat meerkat = harness.listener(metrics)
                    .answeredBy(ChatAgent.of(model).tools(TOOL))
                    .meerkat();
            meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.settle();
        }
        assertThat(count("meerkat.inputs.admitted", "lane", "comms", "kind", "prompt"))
                .isEqualTo(1);
        assertThat(count("meerkat.inputs.wait", "lane", "comms")).isEqualTo(1);
        assertThat(count("meerkat.wakes")).isEqualTo(1);
        assertThat(count("meerkat.turn", "outcome", "completed", "error", "none"))
                .isEqualTo(1);
        assertThat(count("meerkat.agent.call", "error", "none")).isEqualTo(1);
        assertThat(count("meerkat.model", "provider", "unknown", "model", "unknown", "error", "none"))
                .isEqualTo(3);
        assertThat(count("meerkat.model.tokens", "direction", "input")).isEqualTo(60);
        assertThat(count("meerkat.model.tokens", "direction", "output")).isEqualTo(9);
        assertThat(count("meerkat.step.store")).isPositive();
        // A name that the model made up is no label.
        assertThat(tags("meerkat.tool", "tool")).containsExactly("look_up");
        assertThat(count("meerkat.tool", "tool", "look_up", "error", "none")).isEqualTo(1);
    }

    @Test
    void messagesAndTheirArrivalAreCounted() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            Meerkat meerkat = harness.listener(metrics)
                    .answeredBy(AgentRouter.create()
                            .byName("a", turn -> {
                                turn.comms().send(PeerMessage.to("b", "hello"));
                                return "sent";
                            })
                            .otherwise(turn -> "ok"))
                    .meerkat();
            meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("b"));
            harness.settle();
            Session a = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.settle();
            a.send(PeerMessage.to("b", "from the host"));
            harness.settle();
        }
        assertThat(count("meerkat.messages.sent", "kind", "peer_message")).isEqualTo(2);
        assertThat(count("meerkat.messages.settled", "error", "none")).isEqualTo(1);
        assertThat(count("meerkat.inputs.admitted", "kind", "peer_message")).isEqualTo(2);
    }

    @Test
    void failuresAreCountedByWhatBecomesOfThem() throws InterruptedException {
        RetryPolicy.InPlace twice = new RetryPolicy.InPlace(2, Duration.ofSeconds(1), Duration.ofSeconds(1));
        RetryPolicy.SetAside aside =
                new RetryPolicy.SetAside(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(2));
        RuntimeLimits limits = RuntimeLimits.defaults();
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            Meerkat meerkat = harness.listener(metrics)
                    .retry(new RetryPolicy(twice, twice, aside))
                    .answeredBy(turn -> {
                        if (turn.inputs().get(0).body() instanceof InputBody.External) {
                            throw new IllegalStateException("poison");
                        }
                        return "ok";
                    })
                    .meerkat();
            Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.settle();
            session.sendExternalEvent(event());
            harness.settle();
            harness.advance(Duration.ofHours(1));
            harness.settle();
            session.changeKeepAlive(false);
            EventOutcome last = null;
            for (int i = 0; i <= limits.externalInputs(); i++) {
                last = session.sendExternalEvent(event());
            }
            assertThat(last).isInstanceOf(EventOutcome.Refused.class);
        }
        assertThat(count("meerkat.turn", "outcome", "failed", "error", "agent_error"))
                .isPositive();
        assertThat(count("meerkat.turn", "outcome", "dead_lettered", "error", "agent_error"))
                .isEqualTo(1);
        assertThat(count("meerkat.retries", "when", "soon", "error", "agent_error"))
                .isEqualTo(1);
        assertThat(count("meerkat.retries", "when", "set_aside", "error", "agent_error"))
                .isPositive();
        assertThat(count("meerkat.dead.letters", "error", "agent_error")).isEqualTo(1);
        assertThat(count("meerkat.refusals", "error", "inbox_full")).isEqualTo(1);
    }

    @Test
    void gaugesTellWhatWaitsAndForHowLong() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            harness.agent()
                    .on("a")
                    .expectAny()
                    .gate("hold")
                    .answer("ok")
                    .expectAny()
                    .answer("ok");
            Meerkat meerkat = metrics.gauges(harness.listener(metrics).meerkat());
            Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.agent().gate("hold").awaitReached(PATIENCE);
            session.startTurn("Go on.");
            harness.time().advance(Duration.ofSeconds(30));

            assertThat(gauge("meerkat.inputs.waiting", "lane", "comms")).isEqualTo(1);
            assertThat(gauge("meerkat.inputs.waiting", "lane", "external")).isZero();
            assertThat(registry.get("meerkat.inputs.waiting.oldest").timeGauge().value(TimeUnit.SECONDS))
                    .isEqualTo(30);
            assertThat(gauge("meerkat.sessions")).isEqualTo(1);
            assertThat(gauge("meerkat.sessions.running")).isEqualTo(1);
            assertThat(gauge("meerkat.sessions.parked")).isZero();

            harness.agent().gate("hold").open();
            harness.settle();
            clock.add(Duration.ofSeconds(1));
            assertThat(gauge("meerkat.inputs.waiting", "lane", "comms")).isZero();
            assertThat(registry.get("meerkat.inputs.waiting.oldest").timeGauge().value(TimeUnit.SECONDS))
                    .isZero();
            assertThat(gauge("meerkat.sessions.running")).isZero();
        }
    }

    @Test
    void openEventStreamsAreCounted() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            Meerkat meerkat = harness.listener(metrics).answeredBy(turn -> "ok").meerkat();
            Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.settle();
            EventStream first = session.eventsFromNow();
            EventStream second = session.eventsFromNow();
            assertThat(gauge("meerkat.event.streams")).isEqualTo(2);
            first.close();
            first.close();
            assertThat(gauge("meerkat.event.streams")).isEqualTo(1);
            second.close();
            assertThat(gauge("meerkat.event.streams")).isZero();
        }
    }

    @Test
    void groupsOfAStoreAreTimedAndMeasured(@TempDir Path folder) throws InterruptedException {
        try (SqliteStore store = SqliteStore.open(folder.resolve("sessions.db"));
                Meerkat meerkat = MeerkatRuntime.of(turn -> "ok")
                        .store(store)
                        .listener(metrics)
                        .open()) {
            Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            assertThat(session.initialTurn().orElseThrow().await(PATIENCE)).isPresent();
        }
        assertThat(count("meerkat.store.commit", "outcome", "completed")).isPositive();
        assertThat(registry.get("meerkat.store.commit.size").summary().totalAmount())
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void sessionsThatAnotherOwnerTookOverAreCounted() {
        metrics.on(new RuntimeEvent.FencedOff(SessionId.of("01a22cc8-69bf-7000-a843-228baaa87706"), "another", 2));

        assertThat(count("meerkat.sessions.fenced")).isEqualTo(1);
    }

    @Test
    void aLabelHasNotMoreThanItsBound() {
        BoundedLabel label = new BoundedLabel();
        Set<String> told = new TreeSet<>();
        for (int i = 0; i < 1_000; i++) {
            told.add(label.of("value " + i));
        }
        assertThat(told).hasSize(101).contains("value 0", "value 99", "other");
        assertThat(label.of("value 7")).isEqualTo("value 7");
    }

    private static ExternalEvent event() {
        return ExternalEvent.genericJson("alert", Json.NULL);
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).meters().stream()
                .map(Meter::measure)
                .map(measured -> measured.iterator().next().getValue())
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private Set<String> tags(String name, String key) {
        return registry.get(name).meters().stream()
                .map(meter -> meter.getId().getTags().stream()
                        .filter(tag -> tag.getKey().equals(key))
                        .map(Tag::getValue)
                        .findFirst()
                        .orElseThrow())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
