package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a server in a child process: those that clients of rkat-rpc give. */
final class StdioOptions {
    @Option(names = "--isolated", description = "Serve a new realm, in memory; so it is without --realm.")
    boolean isolated;

    @Option(names = "--instance", paramLabel = "ID", description = "Taken, and of no meaning here.")
    @Nullable
    String instance;

    @Option(
            names = "--realm-backend",
            paramLabel = "KIND",
            defaultValue = "sqlite",
            description = "memory, or sqlite; jsonl is taken for sqlite (default: ${DEFAULT-VALUE}).")
    Backend backend = Backend.SQLITE;

    @Option(names = "--context-root", paramLabel = "DIR", description = "Taken, and of no meaning here.")
    @Nullable
    Path contextRoot;

    @Option(names = "--user-config-root", paramLabel = "DIR", description = "Taken, and of no meaning here.")
    @Nullable
    Path userConfigRoot;

    @Mixin
    final Served served = new Served();

    /** What keeps a realm. */
    enum Backend {
        /** As sqlite. */
        JSONL,
        /** Nothing. */
        MEMORY,
        /** A file under the state root. */
        SQLITE
    }

    StdioOptions() {}

    int serve(Surroundings surroundings, UnaryOperator<MeerkatServer> listening, Consumer<RunningServer> started)
            throws InterruptedException, IOException {
        String realm = served.realm.realm;
        if (isolated && realm != null) {
            throw new InvalidFieldException("--realm", realm, "cannot be given together with --isolated");
        }
        Optional<StoreAddress> store =
                backend == Backend.MEMORY ? Optional.empty() : served.realm.store(null, surroundings);
        try {
            return served.untilEnd(surroundings, store, listening, started);
        } catch (InterruptedException e) {
            return ExitCode.OK;
        }
    }
}
