package dev.meerkat.opentelemetry;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TraceContext;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.RuntimeWork;
import dev.meerkat.core.WorkResult;
import dev.meerkat.core.WorkScope;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Traces of a runtime: a span {@code process} for each attempt at a turn, which links the inputs that it took up, and in it
 * {@code invoke_agent}, {@code chat}, {@code execute_tool} and {@code send}.
 *
 * <p>What is sent to a session carries the current span with it, and the store keeps that: so the turn that handles it is
 * in the same trace, also after a restart. A turn that took up inputs of several traces begins a trace of its own, with a
 * link to each. No span has content: neither texts nor arguments nor results. Thread-safe.
 */
public final class MeerkatTracing implements RuntimeListener {
    private static final Set<String> FAILED = Set.of("failed", "dead_lettered", "not_stored");

    private final Tracer tracer;
    /** The innermost span of each running turn, for work on other threads. */
    private final Map<TurnId, Context> turns = new ConcurrentHashMap<>();

    private MeerkatTracing(Tracer tracer) {
        this.tracer = tracer;
    }

    /**
     * Traces by an OpenTelemetry.
     *
     * @param telemetry makes spans; without an SDK in it, they cost little and go nowhere
     * @return a listener, for {@link dev.meerkat.core.MeerkatRuntime#listener}
     */
    public static MeerkatTracing of(OpenTelemetry telemetry) {
        return new MeerkatTracing(Objects.requireNonNull(telemetry, "telemetry")
                .getTracerProvider()
                .tracerBuilder("dev.meerkat")
                .setSchemaUrl(Conventions.SCHEMA_URL)
                .build());
    }

    /** Of the current span; without one, as other listeners and {@link TraceContext#current} say. */
    @Override
    public Optional<TraceContext> currentTrace() {
        return TraceContexts.of(Span.current().getSpanContext());
    }

    @Override
    public WorkScope begin(RuntimeWork work) {
        if (work instanceof RuntimeWork.Attempt it) {
            return process(it);
        } else if (work instanceof RuntimeWork.AgentWork it) {
            return innermost(it.turn(), agent(it));
        } else if (work instanceof RuntimeWork.ToolWork it) {
            return current(parent(it.turn()), tool(it));
        } else if (work instanceof RuntimeWork.ModelWork it) {
            return current(parent(it.turn()), model(it));
        } else if (work instanceof RuntimeWork.SendWork it) {
            return current(host(), send(it));
        }
        return WorkScope.NONE;
    }

    // --- the spans -------------------------------------------------------------------------------

    private WorkScope process(RuntimeWork.Attempt work) {
        List<SpanContext> inputs = work.inputs().stream()
                .flatMap(input -> input.trace().stream())
                .map(TraceContexts::remote)
                .distinct()
                .toList();
        boolean one = inputs.stream().map(SpanContext::getTraceId).distinct().count() == 1;
        Context parent = one ? Context.root().with(Span.wrap(inputs.get(0))) : Context.root();
        SpanBuilder span = messaging(Conventions.PROCESS, work.name(), work.session())
                .setParent(parent)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute(Conventions.TURN, work.turn().toString())
                .setAttribute(Conventions.ATTEMPT, (long) work.attempt())
                .setAttribute(Conventions.BATCH_SIZE, (long) work.inputs().size())
                .setAttribute(
                        Conventions.INPUT_KINDS,
                        work.inputs().stream()
                                .map(input -> input.body().getType())
                                .distinct()
                                .toList());
        if (work.inputs().size() == 1) {
            AdmittedInput input = work.inputs().get(0);
            span.setAttribute(Conventions.MESSAGE_ID, input.id().toString());
        }
        inputs.forEach(span::addLink);
        return innermost(work.turn(), span);
    }

    private SpanBuilder messaging(String operation, Optional<String> destination, SessionId conversation) {
        SpanBuilder span = tracer.spanBuilder(named(operation, destination))
                .setAttribute(Conventions.MESSAGING_SYSTEM, Conventions.MEERKAT)
                .setAttribute(Conventions.OPERATION_NAME, operation)
                .setAttribute(Conventions.OPERATION_TYPE, operation)
                .setAttribute(Conventions.CONVERSATION, conversation.toString());
        destination.ifPresent(name -> span.setAttribute(Conventions.DESTINATION, name));
        return span;
    }

    private SpanBuilder send(RuntimeWork.SendWork work) {
        return messaging(Conventions.SEND, Optional.of(work.receiver()), work.session())
                .setSpanKind(SpanKind.PRODUCER)
                .setAttribute(Conventions.MESSAGE_ID, work.envelope().toString())
                .setAttribute(Conventions.MESSAGE_KIND, work.kind());
    }

    private SpanBuilder genAi(String operation, Optional<String> of, SessionId conversation) {
        return tracer.spanBuilder(named(operation, of))
                .setAttribute(Conventions.GENAI_OPERATION, operation)
                .setAttribute(Conventions.CONVERSATION, conversation.toString());
    }

    private SpanBuilder agent(RuntimeWork.AgentWork work) {
        SpanBuilder span = genAi(Conventions.INVOKE_AGENT, work.name(), work.session())
                .setParent(parent(work.turn()))
                .setSpanKind(SpanKind.INTERNAL);
        work.name().ifPresent(name -> span.setAttribute(Conventions.AGENT_NAME, name));
        return span;
    }

    private SpanBuilder tool(RuntimeWork.ToolWork work) {
        return genAi(Conventions.EXECUTE_TOOL, Optional.of(work.tool()), work.session())
                .setSpanKind(SpanKind.INTERNAL)
                .setAttribute(Conventions.TOOL_NAME, work.tool())
                .setAttribute(Conventions.TOOL_TYPE, Conventions.FUNCTION)
                .setAttribute(Conventions.TOOL_CALL, work.key());
    }

    private SpanBuilder model(RuntimeWork.ModelWork work) {
        SpanBuilder span = genAi(Conventions.CHAT, work.model(), work.session()).setSpanKind(SpanKind.CLIENT);
        work.provider().ifPresent(name -> span.setAttribute(Conventions.PROVIDER, name));
        work.model().ifPresent(name -> span.setAttribute(Conventions.REQUEST_MODEL, name));
        return span;
    }

    private static String named(String operation, Optional<String> of) {
        return of.map(name -> operation + ' ' + name).orElse(operation);
    }

    // --- where they belong -----------------------------------------------------------------------

    /** What is current on this thread, or the turn's innermost span where the thread is another one. */
    private Context parent(TurnId turn) {
        Context here = Context.current();
        return Span.fromContext(here).getSpanContext().isValid() ? here : turns.getOrDefault(turn, here);
    }

    /** What is current on a thread of the host, which may have it from a server or client of Meerkat. */
    private static Context host() {
        Context here = Context.current();
        return Span.fromContext(here).getSpanContext().isValid()
                ? here
                : TraceContext.current()
                        .map(trace -> here.with(Span.wrap(TraceContexts.remote(trace))))
                        .orElse(here);
    }

    @SuppressWarnings("MustBeClosedChecker") // closed at the end of the work
    private static WorkScope current(Context parent, SpanBuilder begun) {
        Span span = begun.setParent(parent).startSpan();
        Scope scope = parent.with(span).makeCurrent();
        return result -> {
            result.used().ifPresent(used -> {
                span.setAttribute(Conventions.INPUT_TOKENS, used.inputTokens());
                span.setAttribute(Conventions.OUTPUT_TOKENS, used.outputTokens());
            });
            end(span, scope, result);
        };
    }

    /** Current on this thread, and the parent of what the turn does on others. */
    @SuppressWarnings("MustBeClosedChecker") // closed at the end of the work
    private WorkScope innermost(TurnId turn, SpanBuilder begun) {
        Span span = begun.startSpan();
        Context context = Context.root().with(span);
        Scope scope = context.makeCurrent();
        Context outer = turns.put(turn, context);
        return result -> {
            if (outer == null) {
                turns.remove(turn);
                span.setAttribute(Conventions.OUTCOME, result.outcome());
            } else {
                turns.put(turn, outer);
            }
            end(span, scope, result);
        };
    }

    private static void end(Span span, Scope scope, WorkResult result) {
        scope.close();
        if (FAILED.contains(result.outcome())) {
            span.setAttribute(Conventions.ERROR_TYPE, result.code().orElse(result.outcome()));
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }
}
