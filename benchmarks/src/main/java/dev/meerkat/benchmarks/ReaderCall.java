package dev.meerkat.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A bare socket with a thread that reads it and hands each line over: the least for several callers. Thread-safe. */
final class ReaderCall implements RemoteCall {
    private static final int PATIENCE_SECONDS = 10;

    private final Socket socket;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<String>> pending = new ConcurrentHashMap<>();

    ReaderCall(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        LineInput input = new LineInput(socket.getInputStream());
        LoopbackServer.daemon("bare-reader", () -> read(input));
    }

    private void read(LineInput input) throws IOException {
        while (true) {
            String line = input.next();
            Objects.requireNonNull(pending.remove(Traffic.id(line))).complete(line);
        }
    }

    @Override
    public Object once() throws Exception {
        long id = lastId.incrementAndGet();
        CompletableFuture<String> answer = new CompletableFuture<>();
        pending.put(id, answer);
        // A socket writes the bytes of one call without those of another between them.
        socket.getOutputStream().write(Traffic.request(id));
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
