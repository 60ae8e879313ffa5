package dev.meerkat.benchmarks;

import dev.meerkat.api.Meerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.SessionStore;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Opens stores that were filled by {@link RestartFill} and waits for turns. Arguments: sessions,
 * events, data, consume (milliseconds to go on consuming after the first turn).
 */
final class RestartDriver {
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch everyone;
    private final Set<Object> seen = ConcurrentHashMap.newKeySet();
    private final AtomicLong consumed = new AtomicLong();
    private volatile long firstTurn;

    private RestartDriver(int sessions) {
        this.everyone = new CountDownLatch(sessions);
    }

    static void run(Arguments arguments, Figures figures) throws Exception {
        new RestartDriver(arguments.number("sessions")).measure(arguments, figures);
    }

    private String answer(TurnContext turn) {
        if (first.getCount() > 0) {
            firstTurn = System.nanoTime();
            first.countDown();
        }
        if (everyone.getCount() > 0 && seen.add(turn.session().id())) {
            everyone.countDown();
        }
        consumed.addAndGet(turn.inputs().size());
        return "ok";
    }

    private void measure(Arguments arguments, Figures figures) throws Exception {
        String name = "restart/" + arguments.text("sessions");
        Path data = Path.of(arguments.text("data"));
        long start = System.nanoTime();
        SessionStore store = Stores.sqlite(data);
        figures.add(name + "/store", millis(start, System.nanoTime()));
        Meerkat meerkat = MeerkatRuntime.of(this::answer)
                .store(store)
                .limits(Runtimes.limits().withLanes(1_024, 1_000_000, 1L << 40))
                .open();
        figures.add(name + "/runtime", millis(start, System.nanoTime()));
        expect(first);
        figures.add(name + "/first", millis(start, firstTurn));
        expect(everyone);
        figures.add(name + "/everyone", millis(start, System.nanoTime()));
        long before = consumed.get();
        long from = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(arguments.number("consume"));
        figures.add(name + "/consumed", (consumed.get() - before) * 1e9 / (System.nanoTime() - from));
        meerkat.close();
        store.close();
        peers(name, data, (long) arguments.number("sessions") * arguments.number("events"), figures);
    }

    private static void peers(String name, Path data, long rows, Figures figures) throws Exception {
        long start = System.nanoTime();
        if (RawLog.scan(data.resolve("raw.log")) != rows) {
            throw new IllegalStateException("the raw log does not hold " + rows);
        }
        figures.add(name + "/raw", millis(start, System.nanoTime()));
        start = System.nanoTime();
        JdbcLog.first(data.resolve("jdbc.db"), 64);
        figures.add(name + "/jdbc", millis(start, System.nanoTime()));
    }

    private static double millis(long from, long to) {
        return (to - from) / 1e6;
    }

    private static void expect(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(4, TimeUnit.MINUTES)) {
            throw new IllegalStateException("no turn in " + latch.getCount() + " sessions");
        }
    }
}
