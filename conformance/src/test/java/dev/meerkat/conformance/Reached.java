package dev.meerkat.conformance;

import java.util.List;
import java.util.Locale;

/**
 * An installed server and the way to it.
 *
 * @param server what is installed
 * @param access how a client reaches it
 */
record Reached(Installed server, Access access) {

    /** The ways to servers. */
    enum Access {
        STDIO,
        TCP,
        REST
    }

    /** Chooses among the ways to servers: only those whose text contains it are tested, such as {@code over tcp}. */
    private static final String ONLY = System.getProperty("conformance.only", "");

    /** Every way to every installed server, or those that were chosen. */
    static List<Reached> all() {
        return List.of(Access.values()).stream()
                .flatMap(access -> Installed.found().stream()
                        .filter(server -> (access == Access.REST) == (server.surface() == Installed.Surface.REST))
                        .map(server -> new Reached(server, access)))
                .filter(reached -> reached.toString().contains(ONLY))
                .toList();
    }

    static List<Reached> stdio() {
        return by(Access.STDIO);
    }

    static List<Reached> tcp() {
        return by(Access.TCP);
    }

    static List<Reached> rest() {
        return by(Access.REST);
    }

    static List<Reached> rpc() {
        return all().stream().filter(reached -> !reached.isRest()).toList();
    }

    private static List<Reached> by(Access access) {
        return all().stream().filter(reached -> reached.access() == access).toList();
    }

    boolean isRest() {
        return access == Access.REST;
    }

    /** Whether the server speaks the line 0.9, with replay, keys and names that are only ids. */
    boolean isLine09() {
        return server.version().startsWith("0.9.");
    }

    @Override
    public String toString() {
        return server.title() + (isRest() ? "" : " over " + access.name().toLowerCase(Locale.ROOT));
    }
}
