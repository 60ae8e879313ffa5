package dev.meerkat.client.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meerkat.api.SessionId;
import dev.meerkat.client.fake.FakeTcp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Calls what the client has no words for, such as mobs, over a connection of its own. Not thread-safe. */
final class RawRpc implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final BufferedReader lines;
    private final OutputStream out;
    private int id;

    RawRpc(FakeTcp server) throws IOException {
        socket = new Socket(server.host(), server.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out = socket.getOutputStream();
    }

    /** The result of a call; params is JSON. */
    JsonNode call(String method, String params) throws IOException {
        id++;
        String line =
                "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}\n";
        out.write(line.getBytes(StandardCharsets.UTF_8));
        JsonNode answer;
        do {
            String read = lines.readLine();
            if (read == null) {
                throw new IOException("the server has ended the connection");
            }
            answer = MAPPER.readTree(read);
        } while (answer.path("id").asInt() != id);
        if (!answer.has("result")) {
            throw new AssertionError(method + ": " + answer);
        }
        return answer.get("result");
    }

    /** A mob without members. */
    void mob(String mob) throws IOException {
        call("mob/create", "{\"definition\":{\"id\":\"" + mob + "\",\"profiles\":{}}}");
    }

    /** A new member of a mob; its session. */
    SessionId member(String mob, String profile, String identity) throws IOException {
        String named = "{\"mob_id\":\"" + mob + "\",\"agent_identity\":\"" + identity + "\"";
        call("mob/spawn", named + ",\"profile\":\"" + profile + "\",\"runtime_mode\":\"turn_driven\"}");
        return SessionId.of(call("mob/member_status", named + "}")
                .path("current_session_id")
                .asText());
    }

    /** Makes two members trust each other. */
    void wire(String mob, String one, String other) throws IOException {
        call(
                "mob/wire",
                "{\"mob_id\":\"" + mob + "\",\"member\":\"" + one + "\",\"peer\":{\"local\":\"" + other + "\"}}");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
