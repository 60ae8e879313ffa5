package dev.meerkat.cli;

import dev.meerkat.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies a store. */
@Command(
        name = "backup",
        description = {
            "Copies a store's file, also while a server has it open and writes.",
            "The copy has all that was acknowledged before. To restore it, stop the server and put it in the place of the"
                    + " store's file, without the old -wal, -shm and -log files."
        })
final class BackupCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "FILE", description = "The new file.")
    Path target = Path.of("");

    @Option(
            names = "--store",
            paramLabel = "FILE",
            converter = StoreAddress.Converter.class,
            description = "The store's file.")
    @Nullable
    StoreAddress store;

    @Mixin
    final Options.RealmStore realm = new Options.RealmStore();

    @Mixin
    final Options.Form form = new Options.Form();

    BackupCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Path file = Where.file(store, "is a database: use its own means, such as pg_dump", realm, surroundings)
                .orElseThrow(() -> new UsageException("--store FILE must be given, or --realm REALM"));
        SqliteStore.backup(file, target);
        form.output(surroundings)
                .row(
                        () -> "copied " + file + " to " + target,
                        () -> Documents.object("store", file.toString(), "backup", target.toString()));
        return ExitCode.OK;
    }
}
