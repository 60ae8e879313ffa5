package dev.meerkat.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text comes in whole or is refused by name, on all surfaces, however it is encoded. */
@Timeout(120)
class EncodingsTest {
    private static final String MARK = "\ufeff";
    private static final String PROMPT = "caf\u00e9 \ud83e\udda6";
    private static final String CREATE = "{\"prompt\":\"" + PROMPT + "\"}";
    private static final String CALL =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/create\",\"params\":" + CREATE + "}";
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\","
                    + "\"capabilities\":{},\"clientInfo\":{\"name\":\"" + PROMPT + "\",\"version\":\"1\"}}}";

    private final HostileServer server;

    EncodingsTest() throws Exception {
        server = new HostileServer();
    }

    @AfterEach
    void alive() throws Exception {
        try (server) {
            server.alive();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return zipped.toByteArray();
    }

    private String tcp(byte[] input) throws IOException {
        try (Socket socket = server.socket(1)) {
            socket.getOutputStream().write(input);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private HostileServer.Reply rest(String headers, byte[] body) throws IOException {
        return server.http(0, "POST", "/sessions", headers, body);
    }

    private HostileServer.Reply mcp(String headers, byte[] body) throws IOException {
        return server.http(2, "POST", "/mcp", HostileServer.MCP_ACCEPT + headers, body);
    }

    @Test
    void aByteOrderMarkIsPassedOver() throws Exception {
        assertThat(rest(HostileServer.JSON, bytes(MARK + CREATE)).body()).contains("seen 1");
        assertThat(mcp(HostileServer.JSON, bytes(MARK + INITIALIZE)).status()).isEqualTo(200);
        assertThat(tcp(bytes(MARK + CALL + "\n"))).contains("seen 1");
        assertThat(server.answers(false, bytes(MARK + CALL + "\r\n" + MARK + "\r\n")))
                .contains("seen 1")
                .doesNotContain("\"error\"");
        assertThat(server.answers(true, bytes(MARK + INITIALIZE + "\r\n"))).contains("\"serverInfo\"");
    }

    @Test
    void aLastLineWithoutItsEndIsCarriedOut() throws Exception {
        assertThat(server.answers(false, bytes(CALL))).contains("seen 1");
        assertThat(server.answers(false, bytes("\n" + MARK + CALL + " \r"))).contains("seen 1");
        assertThat(server.answers(true, bytes(INITIALIZE))).contains("\"serverInfo\"");
        assertThat(tcp(bytes(CALL))).contains("seen 1");
    }

    @Test
    void aLineThatIsCutOffIsAnsweredAndNotCarriedOut() throws Exception {
        byte[] cut = Arrays.copyOf(bytes(CALL), bytes(CALL).length - 1);
        for (String answer : List.of(server.answers(false, cut), server.answers(true, cut), tcp(cut))) {
            assertThat(answer).contains("\"error\"").doesNotContain("seen 1").hasLineCount(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZip", "x-gzip", "identity", ""})
    void bodiesMayBeCompressed(String encoding) throws Exception {
        String headers = HostileServer.JSON + "Content-Encoding: " + encoding + "\r\n";
        boolean zipped = encoding.toLowerCase(java.util.Locale.ROOT).contains("gzip");
        for (String mark : List.of("", MARK)) {
            byte[] create = bytes(mark + CREATE);
            byte[] initialize = bytes(mark + INITIALIZE);

            assertThat(rest(headers, zipped ? gzip(create) : create).body()).contains("seen 1");
            assertThat(mcp(headers, zipped ? gzip(initialize) : initialize).body())
                    .contains("\"serverInfo\"");
        }
    }

    @Test
    void whatGrowsBeyondTheLimitIsRefusedEachTime() throws Exception {
        String headers = HostileServer.JSON + "Content-Encoding: gzip\r\n";
        byte[] bomb = gzip(new byte[32 << 20]);
        assertThat(bomb).hasSizeLessThan(HostileServer.MESSAGE_BYTES);
        // More often than there is memory for, so that none is kept.
        for (int i = 0; i < 12; i++) {
            assertThat(rest(headers, bomb)).satisfies(reply -> {
                assertThat(reply.status()).isEqualTo(413);
                assertThat(reply.body()).contains("PAYLOAD_TOO_LARGE", String.valueOf(HostileServer.MESSAGE_BYTES));
            });
            assertThat(mcp(headers, bomb).status()).isEqualTo(413);
        }
        byte[] most = bytes(CREATE + " ".repeat(HostileServer.MESSAGE_BYTES - bytes(CREATE).length));
        assertThat(rest(headers, gzip(most)).status()).isEqualTo(200);
    }

    @Test
    void whatIsNotCompressedAsItSaysIsRefused() throws Exception {
        String headers = HostileServer.JSON + "Content-Encoding: gzip\r\n";
        byte[] zipped = gzip(bytes(CREATE));
        byte[] broken = zipped.clone();
        broken[zipped.length - 6] ^= 1;
        for (byte[] body : List.of(bytes(CREATE), new byte[0], Arrays.copyOf(zipped, zipped.length - 3), broken)) {
            assertThat(rest(headers, body)).satisfies(reply -> {
                assertThat(reply.status()).isEqualTo(400);
                assertThat(reply.body()).contains("not gzip", "not_done");
            });
            assertThat(mcp(headers, body).status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip", "gzip, br", "compress"})
    void anotherCompressionIsRefusedByName(String encoding) throws Exception {
        String headers = HostileServer.JSON + "Content-Encoding: " + encoding + "\r\n";
        for (HostileServer.Reply reply : List.of(rest(headers, bytes(CREATE)), mcp(headers, bytes(INITIALIZE)))) {
            assertThat(reply.status()).isEqualTo(415);
            assertThat(reply.body()).contains("Content-Encoding " + encoding, "gzip");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "UTF-8", "\"utf-8\"", "Utf8"})
    void theCharsetOfJsonMayBeNamed(String charset) throws Exception {
        String headers = "Content-Type: application/json; charset=" + charset + "\r\n";
        assertThat(rest(headers, bytes(CREATE)).body()).contains("seen 1");
        assertThat(mcp(headers, bytes(INITIALIZE)).body()).contains("\"serverInfo\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iso-8859-1", "utf-16", "windows-1252", "no-such", "\"utf-16le\""})
    void anotherCharsetIsRefusedByName(String charset) throws Exception {
        String headers = "Content-Type: application/json; charset=" + charset + "\r\n";
        for (HostileServer.Reply reply : List.of(rest(headers, bytes(CREATE)), mcp(headers, bytes(INITIALIZE)))) {
            assertThat(reply.status()).isEqualTo(415);
            assertThat(reply.body()).contains("charset " + charset.replace("\"", ""), "utf-8");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"iso-8859-1", "utf-16le", "utf-16"})
    void textInAnotherCharsetThatIsNotNamedIsRefused(String charset) throws Exception {
        Charset other = Charset.forName(charset);
        assertThat(rest(HostileServer.JSON, CREATE.getBytes(other)).body()).contains("not UTF-8");
        assertThat(mcp(HostileServer.JSON, INITIALIZE.getBytes(other)).body()).contains("not UTF-8");
        assertThat(tcp((CALL + "\n").getBytes(other))).contains("not UTF-8").doesNotContain("seen 1");
        assertThat(server.answers(false, (CALL + "\n").getBytes(other)))
                .contains("not UTF-8")
                .doesNotContain("seen 1");
        assertThat(server.answers(true, (INITIALIZE + "\n").getBytes(other)))
                .contains("not UTF-8")
                .doesNotContain("serverInfo");
    }

    @Test
    void aKeyIsTheSameInAHeaderAndInABody() throws Exception {
        String path = "/sessions/" + server.session + "/external-events";
        String event = "{\"kind\":\"generic_json\",\"event_type\":\"t\",\"payload\":1";
        String headers = HostileServer.JSON + "Idempotency-Key: " + PROMPT + "\r\n";

        assertThat(server.http(0, "POST", path, headers, bytes(event + "}")).status())
                .isEqualTo(202);
        assertThat(server.http(
                        0, "POST", path, HostileServer.JSON, bytes(event + ",\"idempotency_key\":\"" + PROMPT + "\"}")))
                .satisfies(reply -> {
                    assertThat(reply.status()).isEqualTo(200);
                    assertThat(reply.body()).contains("existing_id");
                });
        try (Socket socket = server.socket(0)) {
            socket.getOutputStream()
                    .write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                    + HostileServer.JSON + "Idempotency-Key: caf\u00e9\r\nContent-Length: 2\r\n\r\n{}")
                            .getBytes(StandardCharsets.ISO_8859_1));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400")
                    .contains("Idempotency-Key is not UTF-8");
        }
    }
}
