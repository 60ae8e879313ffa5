package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.server.internal.calls.ManualTicks;
import dev.meerkat.server.internal.calls.Secret;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.ToolHosts;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.http.HttpBounds;
import dev.meerkat.server.internal.methods.MeerkatCalls;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.wire.ContractLine;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A listener on a free port, whose seconds a test counts. */
final class RestFixture implements AutoCloseable {
    private static final Duration GUARD = Duration.ofSeconds(60);

    final FakeCalls calls;
    final ServerContext shared;
    final RestListener listener;
    final ManualTicks beat = new ManualTicks();
    private final @Nullable Meerkat meerkat;
    private final Workers workers = new Workers(4_000);

    private RestFixture(
            FakeCalls fake,
            @Nullable Meerkat meerkat,
            ServerLimits limits,
            @Nullable String token,
            @Nullable String secret)
            throws IOException {
        this.calls = fake;
        this.meerkat = meerkat;
        shared = new ServerContext(
                meerkat == null
                        ? fake
                        : new MeerkatCalls(meerkat, SessionSpec.DEFAULT_REALM, fake.line(), limits, workers, true),
                limits,
                workers,
                new ToolHosts(),
                SendMemory.ofHeap(),
                Optional.ofNullable(token).map(Secret::new),
                Optional.ofNullable(secret).map(Secret::new),
                Optional.empty());
        this.listener = RestListener.open(shared, "127.0.0.1", 0, HttpBounds.defaults(), beat);
    }

    static RestFixture open() throws IOException {
        return open(ServerLimits.defaults(), null, null);
    }

    static RestFixture open(ServerLimits limits, @Nullable String token, @Nullable String secret) throws IOException {
        return new RestFixture(new FakeCalls(ContractLine.V0_9), null, limits, token, secret);
    }

    static RestFixture open(ContractLine line) throws IOException {
        return new RestFixture(new FakeCalls(line), null, ServerLimits.defaults(), null, null);
    }

    /** In front of a real one, which is closed with it; the fake calls are those of nobody. */
    static RestFixture open(Meerkat meerkat, ContractLine line) throws IOException {
        return new RestFixture(new FakeCalls(line), meerkat, ServerLimits.defaults(), null, null);
    }

    /** Lets seconds pass. */
    void seconds(int count) {
        beat.seconds(count);
    }

    int port() {
        return listener.address().orElseThrow().getPort();
    }

    /** A request to be sent. */
    Ask request(String path) {
        return new Ask(this, path);
    }

    Reply get(String path) throws IOException {
        return request(path).send();
    }

    Reply delete(String path) throws IOException {
        return request(path).verb("DELETE").send();
    }

    Ask posting(String path, String body) {
        return request(path)
                .verb("POST")
                .header("Content-Type", "application/json")
                .body(body);
    }

    Reply post(String path, String body) throws IOException {
        return posting(path, body).send();
    }

    static ObjectNode json(Reply response) {
        return FakeCalls.json(response.body());
    }

    /** A connection on which a test writes what it likes. */
    Raw raw() throws IOException {
        return new Raw(port());
    }

    @Override
    public void close() {
        listener.close(Duration.ofSeconds(1));
        workers.close();
        calls.close();
        if (meerkat != null) {
            meerkat.close();
        }
    }

    /** A request on a connection of its own. */
    static final class Ask {
        private final RestFixture rest;
        private final String path;
        private final StringBuilder headers = new StringBuilder();
        private String verb = "GET";
        private String body = "";

        private Ask(RestFixture rest, String path) {
            this.rest = rest;
            this.path = path;
        }

        Ask verb(String of) {
            verb = of;
            return this;
        }

        Ask header(String name, String value) {
            headers.append(name).append(": ").append(value).append("\r\n");
            return this;
        }

        Ask body(String text) {
            body = text;
            return this;
        }

        Reply send() throws IOException {
            try (Raw raw = rest.raw()) {
                int length = body.getBytes(StandardCharsets.UTF_8).length;
                raw.write(verb + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                        + length + "\r\n" + headers + "\r\n" + body);
                return Reply.of(raw.all());
            }
        }

        CompletableFuture<Reply> sendAsync() {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return send();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    Await::onAThread);
        }
    }

    /** A whole answer that has a length. */
    record Reply(int status, String head, String body) {
        static Reply of(String text) {
            int end = text.indexOf("\r\n\r\n");
            String head = text.substring(0, end);
            return new Reply(Integer.parseInt(head.substring(9, 12)), head, text.substring(end + 4));
        }

        Optional<String> header(String name) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
                    .map(line -> line.substring(name.length() + 2))
                    .findFirst();
        }
    }

    /** A bare connection. */
    static final class Raw implements AutoCloseable {
        final Socket socket;
        private final InputStream in;

        Raw(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout((int) GUARD.toMillis());
            in = new BufferedInputStream(socket.getInputStream());
        }

        Raw write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            return this;
        }

        /** What comes until the connection ends. */
        String all() throws IOException {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }

        /** How much still comes until the connection ends, properly or not. */
        int rest() {
            int count = 0;
            try {
                while (in.read() >= 0) {
                    count++;
                }
            } catch (IOException cut) {
                return count;
            }
            return count;
        }

        /** What comes until a text is there. */
        String until(String text) throws IOException {
            StringBuilder read = new StringBuilder();
            while (!ends(read, text)) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("ended after: " + read);
                }
                read.append((char) next);
            }
            return read.toString();
        }

        private static boolean ends(StringBuilder read, String text) {
            int start = read.length() - text.length();
            return start >= 0 && read.indexOf(text, start) >= 0;
        }

        /** Whether there is something to read. */
        boolean available() {
            try {
                return in.available() > 0;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
