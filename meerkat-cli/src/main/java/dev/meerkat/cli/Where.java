package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a command finds its sessions: on a server, or in a store that no server holds. */
final class Where {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "Ask a server: http://HOST:PORT, https://HOST:PORT or tcp://HOST:PORT.")
    @Nullable
    String server;

    @Option(
            names = "--store",
            paramLabel = "FILE",
            converter = StoreAddress.Converter.class,
            description = "Use a store's file. No turns run; what is sent waits for the next server.")
    @Nullable
    StoreAddress store;

    @Mixin
    final Options.RealmStore realm = new Options.RealmStore();

    @Mixin
    final Options.Token token = new Options.Token();

    Where() {}

    Place open(Surroundings surroundings) throws InterruptedException, IOException {
        if (server != null && store != null) {
            throw new InvalidFieldException("--server", server, "cannot be given together with --store");
        }
        if (server != null) {
            surroundings.progress("connecting to " + server + " ...");
            return Places.remote(server, realm.realm(), token.read(surroundings));
        }
        return Places.still(
                file(
                                store,
                                "is a database, which its servers have; ask one of them, with --server",
                                realm,
                                surroundings)
                        .orElseThrow(
                                () -> new UsageException("--server must be given, or --store FILE, or --realm REALM")),
                realm.realm());
    }

    /** The file that a store or a realm names, or empty if neither is given. */
    static Optional<Path> file(
            @Nullable StoreAddress store, String refusal, Options.RealmStore realm, Surroundings surroundings) {
        Optional<Path> file =
                Optional.ofNullable(store).map(address -> address.file(refusal)).or(() -> stored(realm, surroundings));
        if (file.isPresent() && !Files.exists(file.get())) {
            throw new InvalidFieldException(
                    store == null ? "--realm" : "--store",
                    file.get().toString(),
                    "does not exist; meerkat serve makes it, and meerkat run");
        }
        return file;
    }

    private static Optional<Path> stored(Options.RealmStore realm, Surroundings surroundings) {
        try {
            return realm.file(surroundings);
        } catch (IOException e) {
            throw new InvalidFieldException(
                    "--realm", realm.realm(), "has no directory that can be used: " + e.getMessage(), e);
        }
    }
}
