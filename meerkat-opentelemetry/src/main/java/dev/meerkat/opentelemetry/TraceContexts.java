package dev.meerkat.opentelemetry;

import dev.meerkat.api.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Between the form of W3C and that of OpenTelemetry. */
final class TraceContexts {
    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";

    private TraceContexts() {}

    static SpanContext remote(TraceContext trace) {
        Map<String, String> fields = new HashMap<>();
        fields.put(PARENT, trace.traceParent());
        trace.traceState().ifPresent(state -> fields.put(STATE, state));
        return Span.fromContext(W3C.extract(Context.root(), fields, new Fields()))
                .getSpanContext();
    }

    static Optional<TraceContext> of(SpanContext span) {
        Map<String, String> fields = new HashMap<>();
        W3C.inject(Context.root().with(Span.wrap(span)), fields, new Fields());
        return TraceContext.parse(fields.get(PARENT), fields.get(STATE));
    }

    /** The fields of a header are entries of a map. */
    private static final class Fields
            implements TextMapGetter<Map<String, String>>, TextMapSetter<Map<String, String>> {
        @Override
        @SuppressWarnings("deprecation") // older versions of the API have no default for it
        public Iterable<String> keys(Map<String, String> fields) {
            return fields.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> fields, String key) {
            return fields == null ? null : fields.get(key);
        }

        @Override
        public void set(@Nullable Map<String, String> fields, String key, String value) {
            if (fields != null) {
                fields.put(key, value);
            }
        }
    }
}
