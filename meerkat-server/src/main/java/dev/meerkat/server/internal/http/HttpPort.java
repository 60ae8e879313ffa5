package dev.meerkat.server.internal.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An HTTP listener with limits on every resource a client can consume. */
public final class HttpPort {
    private static final Logger LOG = LoggerFactory.getLogger(HttpPort.class);
    private static final int MIN_THREADS = 4;
    private static final int THREAD_IDLE_MILLIS = 10_000;
    private static final long STOP_MILLIS = 2_000;
    private static final int SELECTORS = 2;
    private static final int BACKLOG = 1_024;
    private static final int BUFFER_BYTES = 4 << 10;
    private static final int MILLIS = 1_000;

    private final Server server;
    private final ServerConnector connector;
    private final Connections connections;
    private final InetSocketAddress address;

    private HttpPort(Server server, ServerConnector connector, Connections connections, InetSocketAddress address) {
        this.server = server;
        this.connector = connector;
        this.connections = connections;
        this.address = address;
    }

    /**
     * Opens it.
     *
     * @param name of its threads
     * @param threads at most
     * @param most connections at one time
     */
    public static HttpPort open(
            String name,
            int threads,
            InetSocketAddress at,
            int most,
            HttpBounds bounds,
            Connections connections,
            Handler handler)
            throws IOException {
        Server server = server(name, threads);
        ServerConnector connector = connector(server, at, bounds);
        connector.addBean(connections);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(most, server));
        server.setHandler(handler);
        try {
            server.start();
            InetSocketAddress bound = new InetSocketAddress(at.getHostString(), connector.getLocalPort());
            return new HttpPort(server, connector, connections, bound);
        } catch (Exception e) {
            stop(server);
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw e instanceof IOException io ? io : new IOException("the listener cannot be opened", e);
        }
    }

    private static Server server(String name, int most) {
        QueuedThreadPool threads = new QueuedThreadPool(most, MIN_THREADS, THREAD_IDLE_MILLIS);
        threads.setName(name);
        threads.setDaemon(true);
        // Without it, threads that wait for work are not told that there will be none.
        threads.setStopTimeout(STOP_MILLIS);
        Server server = new Server(threads);
        server.setStopTimeout(0);
        server.setErrorHandler(new JsonErrors());
        return server;
    }

    private static ServerConnector connector(Server server, InetSocketAddress at, HttpBounds bounds) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(bounds.headerBytes());
        http.setInputBufferSize(BUFFER_BYTES);
        http.setOutputBufferSize(BUFFER_BYTES);
        http.setHeaderCacheSize(0);
        ServerConnector made = new ServerConnector(server, 1, SELECTORS, new HttpConnectionFactory(http));
        made.setHost(at.getHostString());
        made.setPort(at.getPort());
        made.setAcceptQueueSize(BACKLOG);
        // The system would let a client that reads nothing hold megabytes.
        made.setAcceptedSendBufferSize(bounds.sendBufferBytes());
        made.setIdleTimeout((long) bounds.idleSeconds() * MILLIS);
        return made;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** How many connections are open. */
    public int connections() {
        return connections.size();
    }

    /**
     * Takes no more requests, lets those that run end, and closes all connections.
     *
     * @param end asks those to end that would not by themselves
     * @param grace at most that long
     * @return false if it was closed before
     */
    public boolean close(Runnable end, Duration grace) {
        if (!connections.close()) {
            return false;
        }
        connector.close();
        end.run();
        try {
            connections.awaitQuiet(grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stop(server);
        }
        return true;
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.debug("the listener did not stop properly", e);
        }
    }
}
