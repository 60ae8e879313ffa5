package dev.meerkat.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A bare JSON-RPC connection, for what the client does not do: mobs. One call at a time. */
final class RawRpc implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int MOST_MILLIS = 60_000;

    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;
    private int lastId;

    RawRpc(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(MOST_MILLIS);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out = socket.getOutputStream();
    }

    /** The result of a call; parameters with single quotes instead of double ones. */
    JsonNode call(String method, String params) throws IOException {
        int id = ++lastId;
        String line = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":"
                + params.replace('\'', '"') + "}\n";
        out.write(line.getBytes(StandardCharsets.UTF_8));
        out.flush();
        for (String answer = in.readLine(); answer != null; answer = in.readLine()) {
            JsonNode message = MAPPER.readTree(answer);
            if (message.path("id").asInt() == id && !message.has("method")) {
                if (message.has("error")) {
                    throw new IOException(method + ": " + message.get("error"));
                }
                return message.get("result");
            }
        }
        throw new IOException(method + ": the connection has ended");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
