package dev.meerkat.cli;

import dev.meerkat.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Copies a store. */
@Command(
        name = "backup",
        description = {
            "Copies a store's file, also while a server has it open and writes. A database has means of its own, such as pg_dump.",
            "The copy has all that was acknowledged before. To restore it, stop the server and put it in the place of the"
                    + " store's file, without the old -wal, -shm and -log files."
        })
final class BackupCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "FILE", description = "The new file.")
    Path target = Path.of("");

    @Mixin
    final Options.NamedStore store = new Options.NamedStore();

    @Mixin
    final Options.Form form = new Options.Form();

    BackupCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Path file = store.existingFile("is a database: use its own means, such as pg_dump", surroundings);
        SqliteStore.backup(file, target);
        form.output(surroundings)
                .row(
                        () -> "copied " + file + " to " + target,
                        () -> Documents.object("store", file.toString(), "backup", target.toString()));
        return ExitCode.OK;
    }
}
