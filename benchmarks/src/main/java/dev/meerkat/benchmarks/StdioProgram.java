package dev.meerkat.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program that serves JSON-RPC over its standard input and output.
 *
 * @param name in the names of figures
 * @param title in the report
 * @param executable its file
 */
record StdioProgram(String name, String title, Path executable) {
    static final String MEERKAT = "meerkat";
    static final String RKAT = "rkat";

    private static final String REALM = "bench";

    /** Ours, and the real one if it is there: best one that was compiled with optimization. */
    static List<StdioProgram> installed() {
        Path ours = Path.of("..", "meerkat-cli", "target", "meerkat", "bin", "meerkat-rpc");
        if (!Files.isExecutable(ours)) {
            throw new IllegalStateException("the command is not packaged: " + ours.toAbsolutePath());
        }
        Stream<StdioProgram> own = Stream.of(new StdioProgram(MEERKAT, "meerkat-rpc", ours.toAbsolutePath()));
        return Stream.concat(own, rkat().stream()).toList();
    }

    private static Optional<StdioProgram> rkat() {
        String directory = System.getenv("MEERKAT_SERVERS");
        Path servers = directory == null
                ? Path.of(System.getProperty("user.home"), ".cache", "meerkat-servers")
                : Path.of(directory);
        return Stream.of(
                        new StdioProgram(RKAT, "rkat-rpc, optimized", program(servers, "0.9.8-rpc-optimized")),
                        new StdioProgram(RKAT, "rkat-rpc, debug build", program(servers, "0.9.8-rpc")))
                .filter(program -> Files.isExecutable(program.executable))
                .findFirst();
    }

    private static Path program(Path servers, String name) {
        return servers.resolve(name).resolve("bin").resolve("rkat-rpc");
    }

    static StdioProgram named(String name) {
        return installed().stream()
                .filter(program -> program.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("not installed: " + name));
    }

    /** How it is started with a new realm in a directory, and nothing else of this machine. */
    ProcessBuilder command(Path directory) throws IOException {
        Path state = directory.resolve("state");
        Path realm = Files.createDirectories(state.resolve(REALM));
        Files.writeString(realm.resolve("config.toml"), "[agent]\nmodel = \"claude-sonnet-4-5\"\n");
        String home = Files.createDirectories(directory.resolve("home")).toString();
        ProcessBuilder builder = new ProcessBuilder(
                executable.toString(),
                "--realm",
                REALM,
                "--realm-backend",
                "sqlite",
                "--state-root",
                state.toString(),
                "--context-root",
                home,
                "--user-config-root",
                home);
        builder.environment().keySet().retainAll(List.of("PATH", "JAVA_HOME"));
        builder.environment().put("HOME", home);
        // All its models answer "ok", without a network.
        builder.environment().put("RKAT_TEST_CLIENT", "1");
        builder.environment().put("RUST_LOG", "error");
        return builder.directory(directory.toFile());
    }
}
