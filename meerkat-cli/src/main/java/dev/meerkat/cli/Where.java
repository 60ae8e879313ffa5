package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import java.io.IOException;
import java.nio.file.Path;
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
        Path file = realm.existingFile(
                        store, "is a database, which its servers have; ask one of them, with --server", surroundings)
                .orElseThrow(() -> new UsageException("--server must be given, or --store FILE, or --realm REALM"));
        return Places.still(file, realm.realm());
    }
}
