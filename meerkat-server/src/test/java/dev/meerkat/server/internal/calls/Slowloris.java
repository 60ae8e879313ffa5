package dev.meerkat.server.internal.calls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A client that sends one byte after the other and never comes to an end. */
public final class Slowloris {
    private static final long GUARD_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Slowloris() {}

    /**
     * Goes on with what was begun, a byte a second, until the server ends the connection.
     *
     * @param socket the connection
     * @param beat its seconds
     * @return what the server had to say
     */
    public static String untilCut(Socket socket, ManualTicks beat) throws IOException {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        socket.setSoTimeout(1);
        long end = System.nanoTime() + GUARD_NANOS;
        while (listen(socket.getInputStream(), heard)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the server did not end the connection in time");
            }
            send(socket.getOutputStream());
            beat.seconds(1);
        }
        return heard.toString(StandardCharsets.UTF_8);
    }

    private static void send(OutputStream output) {
        try {
            output.write('x');
        } catch (IOException e) {
            // It is ended; what it had to say before is still to be heard.
        }
    }

    /** Whether the connection goes on. */
    private static boolean listen(InputStream input, ByteArrayOutputStream heard) {
        try {
            for (int next = input.read(); next >= 0; next = input.read()) {
                heard.write(next);
            }
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
