package dev.meerkat.micrometer;

import dev.meerkat.api.Lane;
import dev.meerkat.api.Meerkat;
import dev.meerkat.core.Workload;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What a runtime has to do, read once for all gauges that a scrape asks. Thread-safe. */
final class WorkloadGauges {
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Workload.Numbers NOTHING =
            new Workload.Numbers(Map.of(Lane.COMMS, 0, Lane.EXTERNAL, 0), Optional.empty(), 0, 0, 0);

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private long readAt;
    private Workload.@Nullable Numbers read;

    private WorkloadGauges(Clock clock) {
        this.clock = clock;
    }

    static void add(MeterRegistry registry, Meerkat meerkat) {
        if (!(meerkat instanceof Workload)) {
            return;
        }
        WorkloadGauges gauges = new WorkloadGauges(registry.config().clock());
        for (Lane lane : Lane.values()) {
            Gauge.builder(
                            MetricNames.WAITING,
                            meerkat,
                            gauges.reading(numbers -> numbers.waiting().getOrDefault(lane, 0)))
                    .description("Inputs that wait for a turn")
                    .tag(MetricNames.LANE, lane.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        TimeGauge.builder(
                        MetricNames.OLDEST,
                        meerkat,
                        TimeUnit.MILLISECONDS,
                        gauges.reading(numbers ->
                                numbers.oldest().map(Duration::toMillis).orElse(0L)))
                .description("How long the oldest input has waited that starts a turn")
                .register(registry);
        gauge(
                registry,
                meerkat,
                MetricNames.SESSIONS,
                "Sessions in memory",
                gauges.reading(Workload.Numbers::sessions));
        gauge(
                registry,
                meerkat,
                MetricNames.RUNNING,
                "Sessions with a turn",
                gauges.reading(Workload.Numbers::running));
        gauge(registry, meerkat, MetricNames.PARKED, "Parked sessions", gauges.reading(Workload.Numbers::parked));
    }

    private static void gauge(
            MeterRegistry registry,
            Meerkat meerkat,
            String name,
            String description,
            ToDoubleFunction<Meerkat> reading) {
        Gauge.builder(name, meerkat, reading).description(description).register(registry);
    }

    private ToDoubleFunction<Meerkat> reading(ToDoubleFunction<Workload.Numbers> number) {
        return meerkat -> number.applyAsDouble(numbers(meerkat));
    }

    private Workload.Numbers numbers(Meerkat meerkat) {
        lock.lock();
        try {
            long now = clock.monotonicTime();
            Workload.Numbers known = read;
            if (known == null || now - readAt >= KEPT_NANOS) {
                known = meerkat instanceof Workload workload ? workload.workload() : NOTHING;
                read = known;
                readAt = now;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }
}
