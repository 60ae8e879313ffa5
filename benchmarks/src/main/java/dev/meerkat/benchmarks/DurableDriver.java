package dev.meerkat.benchmarks;

import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Acknowledged durable writes per second. Arguments: system, producers, warmup, measured, data, environment (see {@link Runtimes}).
 *
 * <p>Systems: {@code raw}, {@code jdbc}; {@code events-64}, {@code keyed-64}, {@code events-1} into
 * that many sessions that do not wake; {@code consumed-64} into keep-alive sessions whose agent takes
 * the events meanwhile.
 */
final class DurableDriver {
    static final int PAYLOAD_BYTES = 512;
    /** The environment without telemetry. */
    static final String PLAIN = "meerkat";

    private DurableDriver() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(arguments.text("data")), "durable");
        try {
            switch (arguments.text("system")) {
                case "raw" -> raw(arguments, directory, figures);
                case "jdbc" -> jdbc(arguments, directory, figures);
                default -> events(arguments, directory, figures);
            }
        } finally {
            delete(directory);
        }
    }

    /** What the figures are called. */
    static String name(String environment, String system, int producers) {
        return (environment.equals(PLAIN) ? "durable/" : "durable/" + environment + "/") + system + "/" + producers;
    }

    private static void measure(Arguments arguments, ClosedLoop.Write write, Figures figures) throws Exception {
        int producers = arguments.number("producers");
        String name = name(arguments.text("environment"), arguments.text("system"), producers);
        Duration warmup = arguments.millis("warmup");
        ClosedLoop.measure(name, producers, warmup, arguments.millis("measured"), write, figures);
    }

    private static void raw(Arguments arguments, Path directory, Figures figures) throws Exception {
        try (RawLog log = new RawLog(directory.resolve("raw.log"))) {
            byte[] payload = payload().text().getBytes(StandardCharsets.UTF_8);
            measure(arguments, (producer, number) -> log.append(payload), figures);
        }
    }

    private static void jdbc(Arguments arguments, Path directory, Figures figures) throws Exception {
        try (JdbcLog log = new JdbcLog(directory.resolve("jdbc.db"))) {
            byte[] payload = payload().text().getBytes(StandardCharsets.UTF_8);
            measure(arguments, (producer, number) -> log.append(payload), figures);
        }
    }

    private static void events(Arguments arguments, Path directory, Figures figures) throws Exception {
        String system = arguments.text("system");
        int count = Integer.parseInt(system.substring(system.indexOf('-') + 1));
        boolean keyed = system.startsWith("keyed");
        boolean consumed = system.startsWith("consumed");
        Json payload = payload();
        try (Runtimes runtime = Runtimes.open(
                arguments.text("environment"),
                turn -> "ok",
                Stores.sqlite(directory),
                Runtimes.limits().withLanes(1_024, 10_000_000, 1L << 40))) {
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                SessionSpec spec = SessionSpec.ofPrompt("Watch.").withDeferredStart();
                sessions.add(runtime.meerkat()
                        .create(consumed ? spec.withKeepAliveAs("session-" + i) : spec.withCommsName("session-" + i)));
            }
            measure(
                    arguments,
                    (producer, number) -> {
                        ExternalEvent event = ExternalEvent.genericJson("deploy_complete", payload);
                        ExternalEvent sent = keyed ? event.withIdempotencyKey(producer + "-" + number) : event;
                        EventOutcome outcome = sessions.get(producer % count).sendExternalEvent(sent);
                        if (!(outcome instanceof EventOutcome.Accepted)) {
                            throw new IllegalStateException("not accepted: " + outcome);
                        }
                    },
                    figures);
        }
    }

    static Json payload() {
        String filler = "x".repeat(PAYLOAD_BYTES - "{\"data\":\"\"}".length());
        return Json.parse("{\"data\":\"" + filler + "\"}");
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
