package dev.meerkat.benchmarks;

import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * What {@link RestDriver} loads, until standard input ends. Arguments: system, data.
 *
 * <p>Systems: {@code jetty}; {@code memory} and {@code sqlite}, into sessions that do not wake;
 * {@code memory-consumed}, into keep-alive sessions.
 */
final class RestServer {
    private static final int SESSIONS = 64;
    private static final String HOST = "127.0.0.1";

    private RestServer() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        String system = arguments.text("system");
        if (system.equals("jetty")) {
            jetty();
        } else {
            meerkat(system, Path.of(arguments.text("data")));
        }
    }

    /** With the settings of the server that it is compared with. */
    private static void jetty() throws Exception {
        Server server = new Server(new QueuedThreadPool(32, 4));
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(HOST);
        server.addConnector(connector);
        server.setHandler(new Echo());
        server.start();
        ServedProcess.serve(connector.getLocalPort(), List.of("/"));
        server.stop();
    }

    /** Sends each body back, with the status of an event that was taken. */
    private static final class Echo extends Handler.Abstract.NonBlocking {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Promise<ByteBuffer> received = Promise.from(
                    body -> {
                        response.setStatus(202);
                        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
                        response.write(true, body, callback);
                    },
                    callback::failed);
            Content.Source.asByteBuffer(request, received);
            return true;
        }
    }

    private static void meerkat(String system, Path data) throws Exception {
        Path directory = Files.createTempDirectory(data, "rest");
        SessionStore store = system.equals("sqlite") ? Stores.sqlite(directory) : MemoryStore.create();
        try (Runtimes runtime = Runtimes.open(
                        "meerkat", turn -> "ok", store, Runtimes.limits().withLanes(1_024, 10_000_000, 1L << 40));
                RunningServer server =
                        MeerkatServer.of(runtime.meerkat()).rest(HOST, 0).start()) {
            List<String> paths = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                SessionSpec spec = SessionSpec.ofPrompt("Watch.").withDeferredStart();
                boolean consumed = system.endsWith("-consumed");
                Session session = runtime.meerkat()
                        .create(consumed ? spec.withKeepAliveAs("session-" + i) : spec.withCommsName("session-" + i));
                paths.add("/sessions/" + session.id() + "/external-events");
            }
            ServedProcess.serve(server.addresses().get(0).getPort(), paths);
        } finally {
            DurableDriver.delete(directory);
        }
    }
}
