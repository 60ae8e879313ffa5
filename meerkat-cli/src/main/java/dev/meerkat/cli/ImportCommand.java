package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.SessionFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a session from a file. */
@Command(
        name = "import",
        description = {
            "Makes the session that meerkat export has written: with its id and name, what waits, and the keys that it knows.",
            "All of it is there afterwards, or nothing. Servers of a database go on with it at once; a store's file must have"
                    + " no server meanwhile."
        })
final class ImportCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file; - for standard input.")
    String file = STANDARD_INPUT;

    @Mixin
    final Options.NamedStore store = new Options.NamedStore();

    @Mixin
    final Options.Form form = new Options.Form();

    ImportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        StoreAddress address = store.address(surroundings);
        if (file.equals(STANDARD_INPUT)) {
            return imported(address, surroundings.in());
        }
        Path path = Path.of(file);
        if (!Files.isRegularFile(path)) {
            throw new InvalidFieldException("FILE", file, "is no file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            // Before the store is opened, which might make one.
            SessionId unused = SessionFile.check(in);
        }
        try (InputStream in = Files.newInputStream(path)) {
            return imported(address, in);
        }
    }

    private int imported(StoreAddress address, InputStream in) throws IOException, InterruptedException {
        StoreAddress.OpenStore opened = address.open(surroundings);
        try {
            SessionId id = SessionFile.read(opened.store(), in);
            String where = opened.store().describe();
            form.output(surroundings)
                    .row(
                            () -> "imported " + id + " into " + where,
                            () -> Documents.object("session_id", id.toString(), "store", where));
        } finally {
            opened.store().close();
            opened.beneath().run();
        }
        return ExitCode.OK;
    }
}
