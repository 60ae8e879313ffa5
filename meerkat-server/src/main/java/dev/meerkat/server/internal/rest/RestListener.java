package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Shared;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** REST and server-sent events. */
public final class RestListener implements Listener {
    private static final Logger LOG = LoggerFactory.getLogger(RestListener.class);

    /** Nothing that they do waits for anything, so that there is no use for more. */
    static final int THREADS = 16;

    private static final int MIN_THREADS = 4;
    private static final int THREAD_IDLE_MILLIS = 10_000;
    private static final int SELECTORS = 2;
    private static final int BACKLOG = 1_024;
    private static final int BUFFER_BYTES = 4 << 10;
    private static final int MILLIS = 1_000;

    private final Server server;
    private final ServerConnector connector;
    private final RestSite site;
    private final StreamRoutes streams;
    private final Connections connections;
    private final Runnable stopBeat;
    private final InetSocketAddress address;

    private RestListener(RestSite site, String host, int port, Beat beat) throws IOException {
        this.site = site;
        this.streams = new StreamRoutes(site);
        this.connections = new Connections(site.rounds(), site.bounds().idleSeconds());
        this.server = server();
        this.connector = connector(host, port);
        Gate gate = new Gate(site.shared().token(), host);
        server.setHandler(
                new RestHandler(site, gate, RestRoutes.of(site.shared().calls().methods(), streams), connections));
        start();
        this.address = new InetSocketAddress(host, connector.getLocalPort());
        this.stopBeat = beat.start(site.rounds()::second);
    }

    /** Opens it. */
    public static Listener open(Shared shared, String host, int port) throws IOException {
        return open(shared, host, port, RestBounds.defaults(), Beat.of(shared.workers()));
    }

    static RestListener open(Shared shared, String host, int port, RestBounds bounds, Beat beat) throws IOException {
        return new RestListener(RestSite.of(shared, bounds), host, port, beat);
    }

    private static Server server() {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, MIN_THREADS, THREAD_IDLE_MILLIS);
        threads.setName("meerkat-rest");
        threads.setDaemon(true);
        threads.setStopTimeout(0);
        Server server = new Server(threads);
        server.setStopTimeout(0);
        server.setErrorHandler(new JsonErrors());
        return server;
    }

    private ServerConnector connector(String host, int port) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(site.bounds().headerBytes());
        http.setInputBufferSize(BUFFER_BYTES);
        http.setOutputBufferSize(BUFFER_BYTES);
        http.setHeaderCacheSize(0);
        ServerConnector made = new ServerConnector(server, 1, SELECTORS, new HttpConnectionFactory(http));
        made.setHost(host);
        made.setPort(port);
        made.setAcceptQueueSize(BACKLOG);
        made.setIdleTimeout((long) site.bounds().idleSeconds() * MILLIS);
        made.addBean(connections);
        server.addConnector(made);
        server.addBean(new NetworkConnectionLimit(site.shared().limits().connections(), server));
        return made;
    }

    private void start() throws IOException {
        try {
            server.start();
        } catch (Exception e) {
            stop();
            throw e instanceof IOException io ? io : new IOException("the listener cannot be opened", e);
        }
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.of(address);
    }

    @Override
    public CompletionStage<Void> ended() {
        return new CompletableFuture<>();
    }

    @Override
    public void close(Duration grace) {
        if (!connections.close()) {
            return;
        }
        connector.close();
        streams.close();
        try {
            connections.awaitQuiet(grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stopBeat.run();
            stop();
        }
    }

    private void stop() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.debug("the listener did not stop properly", e);
        }
    }

    /** How many connections are open. */
    int connections() {
        return connections.size();
    }

    /** How many streams are open. */
    int streams() {
        return streams.size();
    }

    /** What bodies take just now. */
    long bodyBytes() {
        return site.memory().taken();
    }
}
