package dev.meerkat.benchmarks;

import dev.meerkat.core.RuntimeListener;
import dev.meerkat.micrometer.MeerkatMetrics;
import dev.meerkat.opentelemetry.MeerkatTracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Optional;

/** Telemetry that listens to a runtime as in production, up to where it would leave the process. */
final class Listener {
    private Listener() {}

    /** The listener of an environment of {@link Runtimes}, if it has one. */
    static Optional<RuntimeListener> named(String environment) {
        return switch (environment) {
            case "meerkat-micrometer" -> Optional.of(MeerkatMetrics.of(new SimpleMeterRegistry()));
            case "meerkat-opentelemetry" -> Optional.of(tracing());
            default -> Optional.empty();
        };
    }

    /** All spans are made, and gathered in batches; what would send them drops them. */
    private static RuntimeListener tracing() {
        SdkTracerProvider spans = SdkTracerProvider.builder()
                .addSpanProcessor(
                        BatchSpanProcessor.builder(SpanExporter.composite()).build())
                .build();
        return MeerkatTracing.of(
                OpenTelemetrySdk.builder().setTracerProvider(spans).build());
    }
}
