package dev.meerkat.benchmarks;

import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import java.net.URI;

/** Through the client. Thread-safe. */
final class ClientCall implements RemoteCall {
    private final RemoteMeerkat meerkat;
    private final Session session;

    private ClientCall(RemoteMeerkat meerkat) throws InterruptedException {
        this.meerkat = meerkat;
        this.session = meerkat.open(SessionId.of(Traffic.SESSION));
    }

    static ClientCall tcp(int port) throws InterruptedException {
        return new ClientCall(MeerkatClient.tcp("127.0.0.1", port).open());
    }

    static ClientCall rest(int port) throws InterruptedException {
        return new ClientCall(
                MeerkatClient.rest(URI.create("http://127.0.0.1:" + port)).open());
    }

    @Override
    public Object once() throws InterruptedException {
        return session.peers();
    }

    @Override
    public void close() {
        meerkat.close();
    }
}
