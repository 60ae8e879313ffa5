package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.StoreInUseException;
import dev.meerkat.core.SessionFile;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import dev.meerkat.store.sqlite.internal.PrivateFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Writes a session to a file. */
@Command(
        name = "export",
        description = {
            "Writes all of a session as JSON Lines, for meerkat import: also while a server has the store open.",
            "The session stays. So that nothing is done twice, only one of the two may run: delete this one before the other"
                    + " is imported.",
            "The file holds the secret of the session's identity, and all that was said."
        })
final class ExportCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "SESSION", description = "The session: its id or its name.")
    String session = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "The new file (default: standard output).")
    @Nullable
    Path target;

    @Mixin
    final Options.NamedStore store = new Options.NamedStore();

    @Mixin
    final Options.Form form = new Options.Form();

    ExportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        StoreAddress address = store.address(surroundings);
        address.checkThere();
        if (target != null && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new InvalidFieldException("FILE", target.toString(), "is there already");
        }
        try {
            exported(address);
        } catch (StoreInUseException e) {
            copied(address.file("is a database"));
        }
        return ExitCode.OK;
    }

    private void exported(StoreAddress address) throws IOException {
        StoreAddress.OpenStore opened = address.open(surroundings);
        try {
            export(opened.store());
        } finally {
            opened.store().close();
            opened.beneath().run();
        }
    }

    /** A store that another process has open is copied, and the session taken from the copy. */
    private void copied(Path file) throws IOException {
        Path directory = Files.createTempDirectory("meerkat-export");
        Path copy = directory.resolve("copy.db");
        try {
            SqliteStore.backup(file, copy);
            try (SqliteStore opened = SqliteStore.open(copy)) {
                export(opened);
            }
        } finally {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(directory.resolve("copy.db.lock"));
            Files.deleteIfExists(directory);
        }
    }

    private void export(SessionStore opened) throws IOException {
        SessionId id = Place.isId(session)
                ? SessionId.of(session)
                : opened.find(store.realm.realm(), session)
                        .orElseThrow(() -> new SessionNotFoundException(session + " in realm " + store.realm.realm()));
        Path file = target;
        if (file == null) {
            OutputStream out = new BufferedOutputStream(surroundings.wire());
            SessionFile.write(opened, id, out);
            out.flush();
            return;
        }
        write(opened, id, file);
        form.output(surroundings)
                .row(
                        () -> "exported " + id + " to " + file,
                        () -> Documents.object("session_id", id.toString(), "file", file.toString()));
    }

    /** The file appears when it is whole and on disk. */
    private static void write(SessionStore opened, SessionId id, Path file) throws IOException {
        // A directory of its own, so that two that write the same file at once do not write into one another.
        Path directory = PrivateFiles.createPart(file.toAbsolutePath());
        Path part = directory.resolve("session.jsonl");
        try {
            PrivateFiles.createFile(part);
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
                SessionFile.write(opened, id, out);
                out.flush();
                channel.force(true);
            }
            Files.move(part, file);
        } catch (FileAlreadyExistsException e) {
            throw new InvalidFieldException("FILE", file.toString(), "was made meanwhile");
        } finally {
            Files.deleteIfExists(part);
            Files.deleteIfExists(directory);
        }
    }
}
