package dev.meerkat.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that asks for a session over JSON-RPC and REST, and reads the answers. Not thread-safe. */
final class SmallCalls implements AutoCloseable {
    /** How many calls are made each time. */
    static final int EACH = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpRequest asked;
    private final Socket socket;
    private final LineInput lines;
    private final byte[] line;

    private SmallCalls(Socket socket, int rest, String session) throws IOException {
        this.socket = socket;
        this.lines = new LineInput(socket.getInputStream());
        this.line = ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/read\",\"params\":{\"session_id\":\"" + session
                        + "\"}}\n")
                .getBytes(StandardCharsets.UTF_8);
        this.asked = HttpRequest.newBuilder(URI.create("http://localhost:" + rest + "/sessions/" + session))
                .timeout(PATIENCE)
                .build();
    }

    static SmallCalls open(int rpc, int rest, String session) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), rpc);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return new SmallCalls(socket, rest, session);
    }

    /** Calls once over each, and tells how many of the calls were refused. */
    int refused() throws IOException, InterruptedException {
        socket.getOutputStream().write(line);
        int refused = lines.next().contains("\"result\"") ? 0 : 1;
        HttpResponse<Void> answer = http.send(asked, HttpResponse.BodyHandlers.discarding());
        return answer.statusCode() == 200 ? refused : refused + 1;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
