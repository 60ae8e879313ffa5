package dev.meerkat.micrometer;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Meerkat;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.RuntimeWork;
import dev.meerkat.core.WorkResult;
import dev.meerkat.core.WorkScope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Metrics of a runtime.
 *
 * <pre>{@code
 * MeerkatMetrics metrics = MeerkatMetrics.of(registry);
 * Meerkat meerkat = metrics.gauges(MeerkatRuntime.of(agent).listener(metrics).open());
 * }</pre>
 *
 * <p>No label has a session, an input or a person: the values of lanes, kinds and outcomes are fixed, and names of tools and
 * models and codes of errors are told as {@code other} once a label has 100. The page <i>Observe</i> lists all metrics.
 * Thread-safe.
 */
public final class MeerkatMetrics implements RuntimeListener {
    private final MeterRegistry registry;
    private final BoundedLabel errors = new BoundedLabel();
    private final BoundedLabel tools = new BoundedLabel();
    private final BoundedLabel providers = new BoundedLabel();
    private final BoundedLabel models = new BoundedLabel();
    private final AtomicLong streams = new AtomicLong();

    private final MeterProvider<Counter> admitted;
    private final MeterProvider<Counter> refused;
    private final MeterProvider<Timer> waited;
    private final MeterProvider<Timer> turns;
    private final MeterProvider<Timer> agents;
    private final MeterProvider<Timer> toolCalls;
    private final MeterProvider<Timer> modelCalls;
    private final MeterProvider<Counter> tokens;
    private final Timer steps;
    private final MeterProvider<Counter> sent;
    private final MeterProvider<Timer> settled;
    private final Counter wakes;
    private final MeterProvider<Counter> retries;
    private final MeterProvider<Counter> deadLetters;
    private final Counter fenced;
    private final MeterProvider<Timer> commits;
    private final DistributionSummary commitSizes;

    private MeerkatMetrics(MeterRegistry registry) {
        this.registry = registry;
        admitted = counter(MetricNames.ADMITTED, "Inputs that were stored");
        refused = counter(MetricNames.REFUSED, "Inputs and sends that were refused");
        waited = timer(MetricNames.WAITED, "From when an input was stored to when a turn took it up first");
        turns = timer(MetricNames.TURN, "Attempts at turns");
        agents = timer(MetricNames.AGENT, "Calls of the agent");
        toolCalls = timer(MetricNames.TOOL, "Calls of tools");
        modelCalls = timer(MetricNames.MODEL, "Calls of models");
        tokens = counter(MetricNames.TOKENS, "Tokens that calls of models used");
        steps = Timer.builder(MetricNames.STEP)
                .description("How long a turn waits until a step in its middle is stored")
                .register(registry);
        sent = counter(MetricNames.SENT, "Messages to peers");
        settled = timer(MetricNames.SETTLED, "From when a turn sent a message to when its receiver had it");
        wakes = Counter.builder(MetricNames.WAKES)
                .description("Idle sessions that got a thread")
                .register(registry);
        retries = counter(MetricNames.RETRIES, "Failed attempts that are made again");
        deadLetters = counter(MetricNames.DEAD_LETTERS, "Inputs that were given up");
        fenced = Counter.builder(MetricNames.FENCED)
                .description("Sessions that another owner took over")
                .register(registry);
        commits = timer(MetricNames.COMMIT, "Groups of writes that a store brought to disk");
        commitSizes = DistributionSummary.builder(MetricNames.COMMIT_SIZE)
                .description("Writes in a group")
                .register(registry);
        registry.gauge(MetricNames.STREAMS, streams);
    }

    private MeterProvider<Counter> counter(String name, String description) {
        return Counter.builder(name).description(description).withRegistry(registry);
    }

    private MeterProvider<Timer> timer(String name, String description) {
        return Timer.builder(name).description(description).withRegistry(registry);
    }

    /**
     * Metrics in a registry; one for each runtime that has the registry.
     *
     * @param registry where they go; not closed
     * @return a listener, for {@link dev.meerkat.core.MeerkatRuntime#listener}
     */
    public static MeerkatMetrics of(MeterRegistry registry) {
        return new MeerkatMetrics(Objects.requireNonNull(registry, "registry"));
    }

    /**
     * Adds the gauges of what there is to do: inputs that wait and how long, and sessions. They are read when the registry
     * asks, and at most once a second. A client of a server has none of them.
     *
     * @param meerkat a runtime, which the gauges do not keep from being collected
     * @return the same
     */
    public Meerkat gauges(Meerkat meerkat) {
        WorkloadGauges.add(registry, meerkat);
        return meerkat;
    }

    @Override
    public void on(RuntimeEvent event) {
        if (event instanceof RuntimeEvent.Admitted it) {
            admitted.withTags(
                            MetricNames.LANE,
                            lane(it.input()),
                            MetricNames.KIND,
                            it.input().body().getType())
                    .increment();
        } else if (event instanceof RuntimeEvent.TakenUp it) {
            takenUp(it);
        } else if (event instanceof RuntimeEvent.Woken) {
            wakes.increment();
        } else if (event instanceof RuntimeEvent.StepStored it) {
            steps.record(it.took());
        } else if (event instanceof RuntimeEvent.Sent it) {
            sent.withTag(MetricNames.KIND, it.kind()).increment();
        } else if (event instanceof RuntimeEvent.Settled it) {
            settled.withTag(MetricNames.ERROR, errors.of(it.code(), MetricNames.NONE))
                    .record(it.took());
        } else {
            onTrouble(event);
        }
    }

    private void takenUp(RuntimeEvent.TakenUp event) {
        if (event.attempt() > 1) {
            return;
        }
        for (AdmittedInput input : event.inputs()) {
            Duration wait = Duration.between(input.at(), event.at());
            waited.withTag(MetricNames.LANE, lane(input)).record(wait.isNegative() ? Duration.ZERO : wait);
        }
    }

    private void onTrouble(RuntimeEvent event) {
        if (event instanceof RuntimeEvent.Refused it) {
            refused.withTag(MetricNames.ERROR, errors.of(it.code())).increment();
        } else if (event instanceof RuntimeEvent.Retried it) {
            retries.withTags(
                            MetricNames.ERROR,
                            errors.of(it.code()),
                            MetricNames.WHEN,
                            it.setAside() ? "set_aside" : it.delay().isZero() ? "one_by_one" : "soon")
                    .increment();
        } else if (event instanceof RuntimeEvent.DeadLettered it) {
            deadLetters.withTag(MetricNames.ERROR, errors.of(it.code())).increment();
        } else if (event instanceof RuntimeEvent.FencedOff) {
            fenced.increment();
        } else if (event instanceof RuntimeEvent.StreamOpened) {
            streams.incrementAndGet();
        } else if (event instanceof RuntimeEvent.StreamClosed) {
            streams.decrementAndGet();
        }
    }

    @Override
    public WorkScope begin(RuntimeWork work) {
        if (work instanceof RuntimeWork.Attempt) {
            return result -> turns.withTags(MetricNames.OUTCOME, result.outcome(), MetricNames.ERROR, error(result))
                    .record(result.took());
        } else if (work instanceof RuntimeWork.AgentWork) {
            return result -> agents.withTag(MetricNames.ERROR, error(result)).record(result.took());
        } else if (work instanceof RuntimeWork.ToolWork it) {
            return result -> toolCalls
                    .withTags(MetricNames.TOOL_NAME, tools.of(it.tool()), MetricNames.ERROR, error(result))
                    .record(result.took());
        } else if (work instanceof RuntimeWork.ModelWork it) {
            return result -> modelCall(it, result);
        } else if (work instanceof RuntimeWork.GroupCommit it) {
            return result -> {
                commits.withTag(MetricNames.OUTCOME, result.outcome()).record(result.took());
                commitSizes.record(it.writes());
            };
        }
        return WorkScope.NONE;
    }

    private void modelCall(RuntimeWork.ModelWork work, WorkResult result) {
        String provider = providers.of(work.provider(), MetricNames.UNKNOWN);
        String model = models.of(work.model(), MetricNames.UNKNOWN);
        modelCalls
                .withTags(
                        MetricNames.PROVIDER, provider, MetricNames.MODEL_NAME, model, MetricNames.ERROR, error(result))
                .record(result.took());
        result.used().ifPresent(used -> {
            tokens(provider, model, "input").increment((double) used.inputTokens());
            tokens(provider, model, "output").increment((double) used.outputTokens());
        });
    }

    private Counter tokens(String provider, String model, String direction) {
        return tokens.withTags(
                MetricNames.PROVIDER, provider, MetricNames.MODEL_NAME, model, MetricNames.DIRECTION, direction);
    }

    private String error(WorkResult result) {
        return errors.of(result.code(), MetricNames.NONE);
    }

    private static String lane(AdmittedInput input) {
        return input.body().lane().name().toLowerCase(Locale.ROOT);
    }
}
