package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Requests that a server answers per second. Arguments: system, connections, warmup, measured, data.
 *
 * <p>The systems are those of {@link RestServer}, which runs in a process of its own.
 */
final class RestDriver {
    private RestDriver() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        int connections = arguments.number("connections");
        String system = arguments.text("system");
        Arguments served = Arguments.of("system", system).with("data", arguments.text("data"));
        List<HttpLoad> open = new ArrayList<>();
        try (ServedProcess server = ServedProcess.start("RestServer", served)) {
            List<String> paths = server.words();
            for (int i = 0; i < connections; i++) {
                open.add(new HttpLoad(server.port(), paths.get(i % paths.size())));
            }
            ClosedLoop.measure(
                    RestChapter.at(system, connections),
                    connections,
                    arguments.millis("warmup"),
                    arguments.millis("measured"),
                    (connection, number) -> open.get(connection).once(),
                    figures);
        } finally {
            for (HttpLoad load : open) {
                load.close();
            }
        }
    }
}
