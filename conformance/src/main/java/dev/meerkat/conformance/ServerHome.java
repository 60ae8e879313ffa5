package dev.meerkat.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All that one server may see of a machine: a temporary directory with a home, a state root with one
 * SQLite realm and a project, and an environment without anybody's keys. Servers that are started one
 * after another in one home find the same realm.
 */
public final class ServerHome implements AutoCloseable {
    /** The realm of every server. */
    public static final String REALM = "r1";

    /** The model of a home without a {@link FakeModel}; servers take only names of their catalog. */
    public static final String MODEL = "claude-sonnet-4-5";

    /** What external events over REST are signed with. */
    public static final String WEBHOOK_SECRET = "s3cret";

    private static final List<String> DIRECTORIES =
            List.of("home", "data", "config", "cache", "xstate", "state/" + REALM, "project");

    private final Path root;
    private final int restPort;
    private final Map<String, String> environment = new LinkedHashMap<>();

    private ServerHome(Path root, int restPort) {
        this.root = root;
        this.restPort = restPort;
    }

    /** A home whose models all answer "ok". */
    public static ServerHome create() {
        ServerHome home = empty();
        home.environment.put("RKAT_TEST_CLIENT", "1");
        home.configure("[agent]\nmodel = \"" + MODEL + "\"\n");
        return home;
    }

    /** A home whose only model is one on this machine. */
    public static ServerHome of(FakeModel model) {
        ServerHome home = empty();
        home.configure(model.configuration(REALM));
        return home;
    }

    private static ServerHome empty() {
        try {
            ServerHome home = new ServerHome(Files.createTempDirectory("meerkat-conformance-"), Ports.free());
            for (String directory : DIRECTORIES) {
                Files.createDirectories(home.root.resolve(directory));
            }
            home.isolate();
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void isolate() {
        environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        environment.put("HOME", root.resolve("home").toString());
        environment.put("XDG_DATA_HOME", root.resolve("data").toString());
        environment.put("XDG_CONFIG_HOME", root.resolve("config").toString());
        environment.put("XDG_CACHE_HOME", root.resolve("cache").toString());
        environment.put("XDG_STATE_HOME", root.resolve("xstate").toString());
        environment.put("RKAT_WEBHOOK_SECRET", WEBHOOK_SECRET);
    }

    private void configure(String text) {
        String rest = "\n[rest]\nhost = \"127.0.0.1\"\nport = " + restPort + "\n";
        try {
            Files.writeString(root.resolve("state").resolve(REALM).resolve("config.toml"), text + rest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory of everything. */
    public Path root() {
        return root;
    }

    /** Where a REST server listens. */
    int restPort() {
        return restPort;
    }

    /** How a program is started here. */
    ProcessBuilder command(Installed server, List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(server.program().toString());
        builder.command().addAll(arguments());
        builder.command().addAll(arguments);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.directory(root.resolve("project").toFile());
        builder.redirectError(ProcessBuilder.Redirect.appendTo(stderr().toFile()));
        return builder;
    }

    /** The arguments that every server takes. */
    private List<String> arguments() {
        return List.of(
                "--realm",
                REALM,
                "--realm-backend",
                "sqlite",
                "--state-root",
                root.resolve("state").toString(),
                "--context-root",
                root.resolve("project").toString(),
                "--user-config-root",
                root.resolve("home").toString());
    }

    /** A program without arguments that becomes the server, for clients that start their server themselves. */
    public Path launcher(Installed server) {
        StringBuilder script = new StringBuilder("#!/bin/sh\ncd ")
                .append(quoted(root.resolve("project").toString()))
                .append(" || exit 1\nexec env -i");
        environment.forEach((name, value) -> script.append(' ').append(quoted(name + "=" + value)));
        script.append(' ').append(quoted(server.program().toString()));
        arguments().forEach(argument -> script.append(' ').append(quoted(argument)));
        Path launcher = root.resolve("launch-" + server.surface().id());
        try {
            Files.writeString(launcher, script.append(" \"$@\"\n"));
            Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return launcher;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** The last of what servers wrote to their standard error here. */
    public String lastErrors() {
        try {
            String all = Files.exists(stderr()) ? Files.readString(stderr()) : "";
            return all.substring(Math.max(0, all.length() - 4_000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Path stderr() {
        return root.resolve("stderr.log");
    }

    /** Deletes everything. */
    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
