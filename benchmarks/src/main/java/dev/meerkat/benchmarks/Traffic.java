package dev.meerkat.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What the sides of the remote measurements and their servers say to each other, in the shapes of contract 0.9.8. */
final class Traffic {
    static final String SESSION = "01a2053e-17e2-7268-95a4-8e65caa99ee8";

    /** The call that is measured. */
    static final String METHOD = "comms/peers";

    /** The route that is measured. */
    static final String ROUTE = "/comms/peers";

    private static final String PEERS = """
            {"peers":[{"peer_id":"6f0c1b52-6a3f-5d83-9c60-1c3a4f1f9a01","name":"agent-b",\
            "address":{"transport":"inproc","endpoint":"agent-b"},"source":"trusted",\
            "sendable_kinds":["peer_message","peer_request","peer_response"],\
            "capabilities":{"version":1,"extensions":{}},"meta":{"description":"Builds"}}]}""";

    private static final String CAPABILITIES = """
            {"contract_version":{"major":0,"minor":9,"patch":8},"capabilities":[\
            {"id":"sessions","description":"Sessions","status":"Available"},\
            {"id":"comms","description":"Comms","status":"Available"}]}""";

    private static final Map<String, String> RESULTS = Map.of(
            "initialize", """
            {"server_info":{"name":"meerkat-rpc","version":"0.9.8"},"contract_version":"0.9.8","methods":[\
            "initialize","capabilities/get","session/create","session/read","session/list","session/history",\
            "session/stream_open","session/stream_close","turn/start","comms/send","comms/peers"]}""", "capabilities/get", CAPABILITIES, "session/read", """
            {"session_id":"%s","created_at":1795384284,"updated_at":1795384285,"message_count":3,\
            "is_active":false,"model":"m","provider":"p","labels":{}}""".formatted(SESSION), METHOD, PEERS);

    private static final Map<String, String> BODIES = Map.of(
            "/capabilities",
            CAPABILITIES,
            "/sessions/" + SESSION,
            """
            {"session_id":"%s","created_at":"2026-11-22T22:35:19Z","updated_at":"2026-11-22T22:35:19Z",\
            "message_count":3,"total_tokens":0}""".formatted(SESSION),
            "/sessions/" + SESSION + "/status",
            "{\"state\":\"attached\"}",
            ROUTE,
            PEERS);

    private Traffic() {}

    /** The measured call as a line; the same that the client writes. */
    static byte[] request(long id) {
        return bytes("{\"jsonrpc\":\"2.0\",\"method\":\"" + METHOD + "\",\"params\":{\"session_id\":\"" + SESSION
                + "\"},\"id\":" + id + "}\n");
    }

    /** A server's answer to a line. */
    static byte[] answer(String line) {
        return bytes("{\"jsonrpc\":\"2.0\",\"id\":" + id(line) + ",\"result\":"
                + RESULTS.getOrDefault(between(line, "\"method\":\""), "{}") + "}\n");
    }

    /** A server's answer to a request for a path, whatever the query. */
    static byte[] httpAnswer(String path) {
        int query = path.indexOf('?');
        String body = BODIES.getOrDefault(query < 0 ? path : path.substring(0, query), "{}");
        return bytes("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + body.length()
                + "\r\n\r\n" + body);
    }

    /** The number after "id", without reading the rest. */
    static long id(String line) {
        int start = line.indexOf("\"id\":") + 5;
        int end = start;
        while (Character.isDigit(line.charAt(end))) {
            end++;
        }
        return Long.parseLong(line.substring(start, end));
    }

    private static String between(String line, String before) {
        int start = line.indexOf(before) + before.length();
        return line.substring(start, line.indexOf('"', start));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
