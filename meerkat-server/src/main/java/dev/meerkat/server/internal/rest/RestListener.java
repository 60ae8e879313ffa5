package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.TickSource;
import dev.meerkat.server.internal.http.Connections;
import dev.meerkat.server.internal.http.HttpBounds;
import dev.meerkat.server.internal.http.HttpGate;
import dev.meerkat.server.internal.http.HttpPort;
import dev.meerkat.server.internal.methods.ServerContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** REST and server-sent events. */
public final class RestListener implements Listener {
    /** Nothing that they do waits for anything, so that there is no use for more. */
    static final int THREADS = 16;

    private final RestContext site;
    private final StreamRoutes streams;
    private final Runnable stopBeat;
    private final HttpPort port;

    private RestListener(RestContext site, String host, int port, TickSource beat) throws IOException {
        this.site = site;
        this.streams = new StreamRoutes(site);
        Connections connections = new Connections(site.ticker(), site.bounds());
        HttpGate gate = new HttpGate(site.shared().token(), host);
        this.port = HttpPort.open(
                "meerkat-rest",
                THREADS,
                new InetSocketAddress(host, port),
                site.shared().limits().connections(),
                site.bounds(),
                connections,
                new RestHandler(site, gate, RestRoutes.of(site.shared(), streams), connections));
        this.stopBeat = beat.start(site.ticker()::second);
    }

    /** Opens it. */
    public static Listener open(ServerContext shared, String host, int port) throws IOException {
        return open(shared, host, port, HttpBounds.defaults(), shared.workers()::everySecond);
    }

    static RestListener open(ServerContext shared, String host, int port, HttpBounds bounds, TickSource beat)
            throws IOException {
        return new RestListener(RestContext.of(shared, bounds), host, port, beat);
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.of(port.address());
    }

    @Override
    public void close(Duration grace) {
        if (port.close(streams::close, grace)) {
            stopBeat.run();
        }
    }

    /** How many connections are open. */
    int connections() {
        return port.connections();
    }

    /** How many streams are open. */
    int streams() {
        return streams.size();
    }

    /** What bodies take just now. */
    long bodyBytes() {
        return site.bodies().memory().taken();
    }
}
