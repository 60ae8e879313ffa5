package dev.meerkat.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** A bare socket that the caller reads itself: the least for one caller, and of no use for several. Not thread-safe. */
final class CallerCall implements RemoteCall {
    private final Socket socket;
    private final LineInput input;
    private long lastId;

    CallerCall(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        input = new LineInput(socket.getInputStream());
    }

    @Override
    public Object once() throws IOException {
        long id = ++lastId;
        socket.getOutputStream().write(Traffic.request(id));
        String line = input.next();
        if (Traffic.id(line) != id) {
            throw new IllegalStateException("the answer to another call: " + line);
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
