package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL of one test, which may crash, start again and have a standby. */
final class OwnServer implements AutoCloseable {
    private final Path data;
    private final int port;
    private EmbeddedPostgres running;

    private OwnServer(Path data) throws IOException {
        this.data = data;
        try (ServerSocket socket = new ServerSocket(0)) {
            this.port = socket.getLocalPort();
        }
    }

    /** Starts one. */
    static OwnServer started(Path data) throws IOException {
        OwnServer server = new OwnServer(data);
        server.start();
        return server;
    }

    int port() {
        return port;
    }

    void start() throws IOException {
        running = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .setServerConfig("synchronous_commit", "on")
                .start();
    }

    /** Ends at once, without a checkpoint, and cuts all connections. */
    void crash() throws Exception {
        String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim();
        Process kill = new ProcessBuilder("kill", "-QUIT", pid).start();
        assertThat(kill.waitFor(60, TimeUnit.SECONDS)).isTrue();
        Told.awaitUntil(() -> !Files.exists(data.resolve("postmaster.pid")));
        close();
    }

    /** Starts a standby, which follows this server without that waiting for it. The server is down for a moment. */
    OwnServer standby(Path copy) throws IOException {
        close();
        copy(data, copy);
        start();
        OwnServer standby = new OwnServer(copy);
        Files.writeString(copy.resolve("standby.signal"), "");
        Files.writeString(
                copy.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres'\n",
                StandardOpenOption.APPEND);
        standby.start();
        return standby;
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(from)) {
            files = all.toList();
        }
        for (Path file : files) {
            Path target = to.resolve(from.relativize(file).toString());
            if (!file.equals(from) || !Files.exists(target)) {
                Files.copy(file, target);
            }
        }
        to.toFile().setReadable(false, false);
        to.toFile().setReadable(true, true);
        to.toFile().setExecutable(false, false);
        to.toFile().setExecutable(true, true);
    }

    /** The server's own connection. */
    void execute(String sql) {
        TestServer.execute(running.getPostgresDatabase(), sql);
    }

    List<String> strings(String sql) {
        return TestServer.strings(running.getPostgresDatabase(), sql);
    }

    @Override
    public void close() throws IOException {
        running.close();
    }
}
