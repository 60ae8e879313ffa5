package dev.meerkat.conformance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real server of the cache that {@code install-servers.sh} fills.
 *
 * @param version of the server, such as {@code 0.9.8}
 * @param surface what it serves
 * @param program the executable
 */
public record Installed(String version, Surface surface, Path program) {
    /** The versions that are looked for. */
    public static final List<String> VERSIONS = List.of("0.9.8", "0.6.34");

    /** Names the directory of the cache, as system property or environment variable. */
    public static final String CACHE = "MEERKAT_SERVERS";

    /** What a server serves. */
    public enum Surface {
        /** JSON-RPC over standard input and output or TCP. */
        RPC("rpc"),
        /** REST with server-sent events. */
        REST("rest");

        private final String id;

        Surface(String id) {
            this.id = id;
        }

        /** The name in file names. */
        public String id() {
            return id;
        }
    }

    /** All that are installed. */
    public static List<Installed> found() {
        return wanted().stream()
                .filter(server -> Files.isExecutable(server.program()))
                .toList();
    }

    /** All that are not. */
    public static List<Installed> missing() {
        return wanted().stream()
                .filter(server -> !Files.isExecutable(server.program()))
                .toList();
    }

    /** Where the servers are. */
    public static Path cache() {
        String property = System.getProperty(CACHE, "");
        String given = property.isEmpty() ? System.getenv().getOrDefault(CACHE, "") : property;
        return given.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache", "meerkat-servers")
                : Path.of(given).toAbsolutePath();
    }

    /** Such as {@code rkat-rpc 0.9.8}. */
    public String title() {
        return program.getFileName() + " " + version;
    }

    private static List<Installed> wanted() {
        List<Installed> wanted = new ArrayList<>();
        for (String version : VERSIONS) {
            for (Surface surface : Surface.values()) {
                Path root = cache().resolve(version + "-" + surface.id());
                wanted.add(new Installed(version, surface, root.resolve("bin/rkat-" + surface.id())));
            }
        }
        return wanted;
    }
}
