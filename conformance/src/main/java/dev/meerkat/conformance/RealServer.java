package dev.meerkat.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running server in a home of its own. Closing it leaves no process behind; its home stays for the next one. */
public final class RealServer implements AutoCloseable {
    private static final Duration TO_START = Duration.ofSeconds(60);
    private static final Duration TO_END = Duration.ofSeconds(15);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    private final Installed installed;
    private final ServerHome home;
    private final Process process;
    private final Thread atExit;
    private final int port;

    private RealServer(Installed installed, ServerHome home, Process process, int port) {
        this.installed = installed;
        this.home = home;
        this.process = process;
        this.port = port;
        this.atExit = new Thread(process::destroyForcibly, "end of " + installed.title());
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Starts a JSON-RPC server on its standard input and output. */
    public static RealServer stdio(Installed installed, ServerHome home) throws IOException {
        return new RealServer(
                installed, home, home.command(installed, List.of()).start(), 0);
    }

    /** Starts a JSON-RPC server on TCP and waits until it takes connections. */
    public static RealServer tcp(Installed installed, ServerHome home) throws IOException, InterruptedException {
        int port = Ports.free();
        Process process = home.command(installed, List.of("--tcp", "127.0.0.1:" + port))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new RealServer(installed, home, process, port).listening();
    }

    /** Starts a REST server and waits until it takes connections. */
    public static RealServer rest(Installed installed, ServerHome home) throws IOException, InterruptedException {
        Process process = home.command(installed, List.of())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new RealServer(installed, home, process, home.restPort()).listening();
    }

    private RealServer listening() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TO_START.toNanos();
        while (System.nanoTime() < deadline) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return this;
            } catch (IOException notYet) {
                if (process.waitFor(BETWEEN_TRIES.toMillis(), TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        }
        close();
        throw new IOException(installed.title() + " does not listen: " + home.lastErrors());
    }

    /** What runs. */
    public Installed installed() {
        return installed;
    }

    /** The process, for its streams. */
    public Process process() {
        return process;
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Where a REST server is. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Ends the server as an orderly host would, or else by force. */
    @Override
    public void close() {
        try {
            if (port == 0) {
                process.getOutputStream().close();
            } else {
                process.destroy();
            }
            if (!process.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (IOException e) {
            kill();
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        } finally {
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
    }

    /** Ends the server at once, as a crash would. */
    public void kill() {
        process.destroyForcibly().onExit().join();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
