package dev.meerkat.benchmarks;

import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.server.ServerLimits;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** What {@link StreamsDriver} reads, until standard input ends. Arguments: count. */
final class StreamsServer {
    private static final int SPARE = 100;

    private StreamsServer() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        int count = arguments.number("count");
        ServerLimits limits = ServerLimits.defaults().withStreams(count + SPARE).withConnections(count + SPARE);
        List<Session> sessions = new ArrayList<>();
        try (Runtimes runtime = Runtimes.open("meerkat", turn -> "ok", MemoryStore.create(), Runtimes.limits());
                RunningServer server = MeerkatServer.of(runtime.meerkat())
                        .rest("127.0.0.1", 0)
                        .limits(limits)
                        .start()) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Session session = runtime.meerkat()
                        .create(SessionSpec.ofPrompt("Watch.")
                                .withDeferredStart()
                                .withKeepAliveAs("session-" + i));
                sessions.add(session);
                ids.add(session.id().toString());
            }
            ServedProcess.serve(server.addresses().get(0).getPort(), ids, question -> {
                if (question.equals("wake")) {
                    sessions.forEach(StreamsServer::wake);
                    return "woken";
                }
                return Heap.used() + " " + ManagementFactory.getThreadMXBean().getThreadCount();
            });
        }
    }

    private static void wake(Session session) {
        try {
            session.startTurn("Go on.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
