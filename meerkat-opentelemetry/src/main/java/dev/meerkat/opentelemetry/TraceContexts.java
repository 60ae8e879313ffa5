package dev.meerkat.opentelemetry;

import dev.meerkat.api.TraceContext;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.util.Optional;

/** Between the form of W3C and that of OpenTelemetry. */
final class TraceContexts {
    private static final int SPAN_ID = 36;
    private static final int FLAGS = 53;

    private TraceContexts() {}

    static SpanContext remote(TraceContext trace) {
        String text = trace.traceParent();
        return SpanContext.createFromRemoteParent(
                trace.traceId(),
                text.substring(SPAN_ID, FLAGS - 1),
                TraceFlags.fromHex(text, FLAGS),
                TraceState.getDefault());
    }

    static Optional<TraceContext> of(SpanContext span) {
        return span.isValid()
                ? Optional.of(new TraceContext("00-" + span.getTraceId() + '-' + span.getSpanId() + '-'
                        + span.getTraceFlags().asHex()))
                : Optional.empty();
    }
}
