package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.micrometer.MeerkatMetrics;
import dev.meerkat.opentelemetry.MeerkatTracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tells metrics and traces of the {@link Meerkat} that runs in this application: where the application has a {@link
 * MeterRegistry} or an {@link OpenTelemetry}, and the module {@code meerkat-micrometer} or {@code meerkat-opentelemetry}.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration"
        })
public final class MeerkatTelemetryAutoConfiguration {
    MeerkatTelemetryAutoConfiguration() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({MeterRegistry.class, MeerkatMetrics.class})
    @ConditionalOnSingleCandidate(MeterRegistry.class)
    static class MetricsConfiguration {
        @Bean
        @ConditionalOnMissingBean
        MeerkatMetrics meerkatMetrics(MeterRegistry registry) {
            return MeerkatMetrics.of(registry);
        }

        @Bean
        SmartInitializingSingleton meerkatGauges(MeerkatMetrics metrics, ObjectProvider<Meerkat> meerkats) {
            return () -> meerkats.ifUnique(metrics::gauges);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({OpenTelemetry.class, MeerkatTracing.class})
    @ConditionalOnBean(OpenTelemetry.class)
    static class TracingConfiguration {
        @Bean
        @ConditionalOnMissingBean
        MeerkatTracing meerkatTracing(OpenTelemetry telemetry) {
            return MeerkatTracing.of(telemetry);
        }
    }
}
