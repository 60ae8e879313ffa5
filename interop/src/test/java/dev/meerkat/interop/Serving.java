package dev.meerkat.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command {@code meerkat serve} with one listener on a free port. */
final class Serving implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

    private final Command server;
    private final String port;

    private Serving(Command server, String port) {
        this.server = server;
        this.port = port;
    }

    static Serving start(String listener, Path store, String line) throws IOException {
        Command server = Command.start(
                Map.of(),
                List.of(
                        Command.packaged("meerkat"),
                        "serve",
                        listener,
                        "127.0.0.1:0",
                        "--store",
                        store.toString(),
                        "--agent",
                        "echo",
                        "--contract",
                        line));
        try {
            Matcher port = PORT.matcher(server.lineWith("127.0.0.1:"));
            if (!port.find()) {
                throw new IOException("it does not say its port");
            }
            return new Serving(server, port.group(1));
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    String port() {
        return port;
    }

    /** Runs a script in which localhost:8080 is this server. What it printed. */
    String shell(String script) throws IOException, InterruptedException {
        return Command.run(Map.of(), "bash", "-c", here(script));
    }

    Command shellProcess(String script) throws IOException {
        return Command.start(Map.of(), List.of("bash", "-c", here(script)));
    }

    private String here(String script) {
        return "curl() { command curl --connect-to localhost:8080:127.0.0.1:" + port + " \"$@\"; }\n" + script;
    }

    @Override
    public void close() {
        server.close();
    }
}
