package dev.meerkat.benchmarks;

import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@link DeadReadersDriver} loads, until standard input ends. Arguments: sessions, data. */
final class DeadReadersServer {
    private DeadReadersServer() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(arguments.text("data")), "dead-readers");
        try (Runtimes runtime = Runtimes.open("meerkat", turn -> "ok", Stores.sqlite(directory), Runtimes.limits());
                RunningServer server = MeerkatServer.of(runtime.meerkat())
                        .rest("127.0.0.1", 0)
                        .tcp("127.0.0.1", 0)
                        .start()) {
            List<String> words = new ArrayList<>();
            List<InetSocketAddress> addresses = server.addresses();
            words.add(Integer.toString(addresses.get(1).getPort()));
            for (int i = 0; i < arguments.number("sessions"); i++) {
                Session session = runtime.meerkat()
                        .create(SessionSpec.ofPrompt("Watch.")
                                .withDeferredStart()
                                .withKeepAliveAs("session-" + i));
                words.add(session.id().toString());
            }
            ServedProcess.serve(addresses.get(0).getPort(), words);
        } finally {
            DurableDriver.delete(directory);
        }
    }
}
