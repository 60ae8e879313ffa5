package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.micrometer.MeerkatMetrics;
import dev.meerkat.opentelemetry.MeerkatTracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class MeerkatTelemetryAutoConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(MeerkatAutoConfiguration.class, MeerkatTelemetryAutoConfiguration.class))
            .withBean(Agent.class, () -> turn -> "ok");

    @Test
    void metricsAreToldWhereThereIsARegistry() {
        runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new).run(context -> {
            Meerkat meerkat = context.getBean(Meerkat.class);
            assertThat(Sessions.first(meerkat, SessionSpec.ofPrompt("hello").withKeepAliveAs("agent-a")))
                    .isInstanceOf(TurnOutcome.Completed.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("meerkat.sessions").gauge().value()).isEqualTo(1);
            // A caller may read of the end of its turn before the turn's thread has told it.
            meerkat.close();
            assertThat(registry.get("meerkat.turn")
                            .tag("outcome", "completed")
                            .timer()
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void tracesAreToldWhereThereIsAnOpenTelemetry() {
        runner.withBean(OpenTelemetry.class, OpenTelemetry::noop)
                .run(context -> assertThat(context).hasSingleBean(MeerkatTracing.class));
    }

    @Test
    void nothingIsToldWithoutThem() {
        runner.run(context -> assertThat(context)
                .doesNotHaveBean(MeerkatMetrics.class)
                .doesNotHaveBean(MeerkatTracing.class)
                .hasSingleBean(Meerkat.class));
        runner.withClassLoader(new FilteredClassLoader(MeterRegistry.class, OpenTelemetry.class))
                .run(context -> assertThat(context).hasSingleBean(Meerkat.class));
        runner.withClassLoader(new FilteredClassLoader(MeerkatMetrics.class, MeerkatTracing.class))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> assertThat(context).hasSingleBean(Meerkat.class));
    }
}
