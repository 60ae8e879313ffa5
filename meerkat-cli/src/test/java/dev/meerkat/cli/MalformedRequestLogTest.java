package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stranger without a token cannot fill the log of {@code meerkat serve} with malformed requests. */
class MalformedRequestLogTest {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final String LONG = "x".repeat(3_000);
    private static final String HOST = "Host: 127.0.0.1\r\n";
    private static final List<String> MALFORMED = List.of(
            "GET / HTTP/1.1\r\nHost: a" + LONG + "\r\nHost: b" + LONG + "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a:b:c:/@" + LONG + "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: [" + LONG + "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a:" + LONG + "\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\n" + HOST + "B(d" + LONG + ": x\r\n\r\n",
            "GET / HTTP/1.1\r\n" + HOST + "Bad : " + LONG + "\r\n\r\n",
            "GET / HTTP/1.1\r\n" + HOST + "Cookie: \u0001" + LONG + "\r\n\r\n",
            "GET / HTTP/1.1\r\n" + HOST + "X: " + LONG.repeat(20) + "\r\n\r\n",
            "GET /%zz" + LONG + " HTTP/1.1\r\n" + HOST + "\r\n",
            "GET /a/%2e%2e/%2f;" + LONG + " HTTP/1.1\r\n" + HOST + "\r\n",
            "GET http://[::1/" + LONG + " HTTP/1.1\r\n" + HOST + "\r\n",
            "GET http://a:b:c" + LONG + "/ HTTP/1.1\r\n" + HOST + "\r\n",
            "GET / HTTP/9.9\r\n" + HOST + "\r\n",
            "\u0016\u0003\u0001" + LONG + "\r\n\r\n",
            "POST / HTTP/1.1\r\n" + HOST + "Content-Length: " + LONG + "\r\n\r\n",
            "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: " + LONG + "\r\n\r\n",
            "POST / HTTP/1.1\r\n" + HOST + "Expect: " + LONG + "\r\nContent-Length: 1\r\n\r\nx",
            "POST /sessions HTTP/1.1\r\n" + HOST
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nz" + LONG + "\r\n\r\n");

    @TempDir
    Path directory;

    @Test
    void malformedRequestsLeaveNothingInTheLog() throws Exception {
        try (Child child = Child.start(directory, "serve", "--rest", "127.0.0.1:0", "--mcp", "127.0.0.1:0")) {
            URI rest = listener(child, "rest ");
            URI mcp = listener(child, "mcp ");
            for (String request : MALFORMED) {
                assertThat(statusLine(rest, request)).as(request).startsWith("HTTP/1.1 ");
                assertThat(statusLine(mcp, request)).as(request).startsWith("HTTP/1.1 ");
            }
            assertThat(child.terminate()).isZero();
        }
        assertThat(Files.readString(directory.resolve("stderr.txt"))).isEmpty();
    }

    @Test
    void theDocumentedLinesKeepThemOutOfTheLogOfAnEmbeddedServer() throws Exception {
        assertThat(embedded("warn")).contains("multiple `Host` headers").hasSizeGreaterThan(LONG.length());
        Files.delete(directory.resolve("stderr.txt"));
        assertThat(embedded("error")).isEmpty();
    }

    /** What an embedded server logs of malformed requests, with the two loggers of the HTTP library at a level. */
    private String embedded(String level) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.slf4j.simpleLogger.log.org.eclipse.jetty.http=" + level,
                "-Dorg.slf4j.simpleLogger.log.org.eclipse.jetty.util.HostPort=" + level,
                "-cp",
                Child.classPath(),
                EmbeddedServer.class.getName());
        try (Child child = Child.start(directory, command)) {
            URI rest = listener(child, "rest ");
            for (String request : MALFORMED) {
                assertThat(statusLine(rest, request)).as(request).startsWith("HTTP/1.1 ");
            }
            child.terminate();
        }
        return Files.readString(directory.resolve("stderr.txt"));
    }

    private static URI listener(Child child, String kind) throws InterruptedException {
        return URI.create(child.await(line -> line.startsWith(kind)).substring(kind.length()));
    }

    /** The beginning of the answer. The server logs a refusal before it answers. */
    private static String statusLine(URI at, String request) throws Exception {
        try (Socket socket = new Socket(at.getHost(), at.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readNBytes("HTTP/1.1 ".length()), StandardCharsets.ISO_8859_1);
        }
    }
}
