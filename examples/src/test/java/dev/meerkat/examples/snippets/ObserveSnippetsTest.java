package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TraceContext;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.micrometer.MeerkatMetrics;
import dev.meerkat.opentelemetry.MeerkatTracing;
import dev.meerkat.testkit.MeerkatHarness;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ObserveSnippetsTest {
    private final Agent agent = turn -> "ok";
    private final SessionStore store = MemoryStore.create();

    @Test
    void metrics() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        // snippet: observe-metrics
        MeerkatMetrics metrics = MeerkatMetrics.of(registry);
        Meerkat meerkat = metrics.gauges(
                MeerkatRuntime.of(agent).store(store).listener(metrics).open());
        // end
        completed(meerkat);
        assertThat(registry.get("meerkat.sessions").gauge().value()).isEqualTo(1);
        // A caller may read of the end of its turn before the turn's thread has told it.
        meerkat.close();
        assertThat(registry.get("meerkat.turn").timer().count()).isEqualTo(1);
    }

    @Test
    void traces() throws InterruptedException {
        OpenTelemetry openTelemetry = OpenTelemetry.noop();
        // snippet: observe-traces
        Meerkat meerkat = MeerkatRuntime.of(agent)
                .store(store)
                .listener(MeerkatTracing.of(openTelemetry))
                .open();
        // end
        completed(meerkat);
        meerkat.close();
    }

    private static void completed(Meerkat meerkat) throws InterruptedException {
        Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
        assertThat(session.initialTurn().orElseThrow().await(Duration.ofSeconds(60)))
                .get()
                .isInstanceOf(TurnOutcome.Completed.class);
    }

    @Test
    void ownTrace() throws InterruptedException {
        String traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        List<String> traces = new CopyOnWriteArrayList<>();
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            Meerkat meerkat = harness.answeredBy(turn -> {
                        turn.inputs()
                                .forEach(input -> input.trace().ifPresent(trace -> traces.add(trace.traceParent())));
                        return "ok";
                    })
                    .meerkat();
            Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.settle();
            // snippet: observe-own-trace
            TraceContext.Scope scope = TraceContext.enter(new TraceContext(traceparent));
            try {
                session.sendExternalEvent(ExternalEvent.genericJson("deploy_complete", Json.NULL));
            } finally {
                scope.close();
            }
            // end
            harness.settle();
        }
        assertThat(traces).containsExactly(traceparent);
        assertThat(TraceContext.current()).isEmpty();
    }

    @Test
    void ownListener() throws InterruptedException {
        List<String> pages = new CopyOnWriteArrayList<>();
        // snippet: observe-listener
        RuntimeListener listener = new RuntimeListener() {
            @Override
            public void on(RuntimeEvent event) {
                if (event instanceof RuntimeEvent.DeadLettered letter) {
                    pages.add(letter.session() + " gave up an input: " + letter.code());
                }
            }
        };
        // end
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            Meerkat meerkat = harness.listener(listener)
                    .answeredBy(turn -> {
                        if (turn.inputs().get(0).body() instanceof InputBody.External) {
                            throw new IllegalStateException("poison");
                        }
                        return "ok";
                    })
                    .meerkat();
            Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.settle();
            session.sendExternalEvent(ExternalEvent.genericJson("alert", Json.NULL));
            harness.settle();
            harness.advance(Duration.ofDays(2));
            harness.settle();
        }
        assertThat(pages).singleElement().asString().endsWith("gave up an input: agent_error");
    }
}
