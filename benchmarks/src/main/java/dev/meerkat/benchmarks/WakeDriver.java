package dev.meerkat.benchmarks;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.core.agent.TurnContext;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/**
 * From the acknowledgement of an event at one node to the beginning of its turn at the other. Arguments: url, schema, hints,
 * events, pause.
 */
final class WakeDriver {
    private static final int SESSIONS = 64;

    private WakeDriver() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        boolean hints = arguments.flag("hints");
        int events = arguments.number("events");
        AtomicLongArray begun = new AtomicLongArray(events);
        long[] acknowledged = new long[events];
        try (SharingNode sender = SharingNode.open(
                        arguments.text("url"),
                        arguments.text("schema"),
                        "sender",
                        hints,
                        turn -> "ok",
                        Runtimes.limits());
                SharingNode owner = SharingNode.open(
                        arguments.text("url"),
                        arguments.text("schema"),
                        "owner",
                        hints,
                        turn -> begun(turn, begun),
                        Runtimes.limits())) {
            List<Session> sessions =
                    sender.sessions(owner.sessions(SESSIONS, true).size(), true);
            // Until each has its share.
            TimeUnit.SECONDS.sleep(4);
            for (int i = 0; i < events; i++) {
                sessions.get(i % SESSIONS).sendExternalEvent(ExternalEvent.genericJson("e", Json.of(i)));
                acknowledged[i] = System.nanoTime();
                TimeUnit.MILLISECONDS.sleep(arguments.number("pause"));
            }
            TimeUnit.SECONDS.sleep(3);
        }
        Histogram waits = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        for (int i = 0; i < events; i++) {
            if (begun.get(i) != 0) {
                waits.recordValue(Math.max(0, begun.get(i) - acknowledged[i]));
            }
        }
        if (waits.getTotalCount() == 0) {
            throw new IllegalStateException("the other node owned no session");
        }
        String name = "wake/" + (hints ? "hints" : "looking");
        figures.add(name + "/events", (double) waits.getTotalCount());
        figures.add(name + "/p50", waits.getValueAtPercentile(50) / 1e6);
        figures.add(name + "/p99", waits.getValueAtPercentile(99) / 1e6);
    }

    private static String begun(TurnContext turn, AtomicLongArray begun) {
        long now = System.nanoTime();
        turn.inputs().forEach(input -> {
            if (input.body() instanceof InputBody.External external) {
                begun.set(Integer.parseInt(external.event().payload().text()), now);
            }
        });
        return "ok";
    }
}
