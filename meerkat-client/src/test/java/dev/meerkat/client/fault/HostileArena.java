package dev.meerkat.client.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.client.fault.HostileServer.Way;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.rpc.ChildCommand;
import dev.meerkat.client.internal.rpc.RpcCalls;
import dev.meerkat.client.internal.rpc.RpcSetup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Where a client meets a hostile server; asserts afterwards that the client has left nothing behind. */
public final class HostileArena implements AutoCloseable {
    /** How they meet. */
    enum Transport {
        STDIO,
        TCP
    }

    private final Transport transport;
    private final Way way;
    private final ServerSocket socket;
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();

    HostileArena(Transport transport, Way way) throws IOException {
        this.transport = transport;
        this.way = way;
        this.socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        if (transport == Transport.TCP) {
            start(this::accept);
        }
    }

    ServerCalls connect(RpcSetup setup) throws InterruptedException {
        return transport == Transport.TCP
                ? RpcCalls.tcp(socket.getInetAddress().getHostAddress(), socket.getLocalPort(), setup)
                : RpcCalls.stdio(child(way), setup);
    }

    /** How a server that misbehaves is started as a child process. */
    public static ChildCommand child(Way way) {
        return new ChildCommand(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                Map.of(),
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-cp",
                        testClasses().toString(),
                        HostileServer.class.getName(),
                        way.name()),
                Map.of());
    }

    /** The tests are patched into a module, so that only a resource tells where they are. */
    public static Path testClasses() {
        try {
            Path file = Path.of(
                    HostileServer.class.getResource("HostileServer.class").toURI());
            return file.resolve("../../../../..").normalize();
        } catch (java.net.URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "hostile-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                accepted.add(connection);
                start(() -> serve(connection));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            new HostileServer(way, connection.getOutputStream(), () -> hangUp(connection))
                    .serve(connection.getInputStream());
        } catch (IOException e) {
            // The client has hung up.
        }
    }

    private static void hangUp(Socket connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        accepted.forEach(HostileArena::hangUp);
        try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
            for (ProcessHandle child : children.toList()) {
                assertThat(child.onExit()).as("end of a child").succeedsWithin(60, TimeUnit.SECONDS);
            }
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("meerkat-rpc-")) {
                assertThat(ended(thread)).as(thread.getName()).isTrue();
            }
        }
    }

    private static boolean ended(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(20));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
