package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open store file: its lock and its connections.
 *
 * @param file the file
 * @param lock keeps others out
 * @param writer the only connection that writes
 * @param readers the others
 * @param unsummed what is wrong if its pages could not be compared with the checksums that they should have had
 */
record Opened(StoreFile file, StoreLock lock, Writer writer, Readers readers, Optional<String> unsummed) {
    private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

    /** Opens a file; on failure, nothing of it stays open, and nothing in it was changed. */
    static Opened open(StoreFile file, Settings settings) {
        file.checkPlace();
        StoreLock lock = StoreLock.acquire(file);
        Writer writer = null;
        try {
            file.create();
            Journal.check(file, settings.migrations().size());
            List<String> unsummed = new ArrayList<>();
            file.checkContent(db -> {
                Schema.check(db, file, settings.migrations());
                Follower.checkJournal(db, file);
                PageSums.missing(db, file).ifPresent(unsummed::add);
            });
            unsummed.forEach(problem -> LOG.warn("{}", file.text(problem)));
            writer = Writer.open(file, settings);
            return new Opened(
                    file,
                    lock,
                    writer,
                    Readers.open(file, writer.follower(), settings.readers()),
                    unsummed.stream().findFirst());
        } catch (SQLException | IOException | RuntimeException e) {
            StoreException reason = e instanceof StoreException refusal ? refusal : file.failure("cannot be opened", e);
            undo(lock, writer, reason);
            throw reason;
        }
    }

    private static void undo(StoreLock lock, @Nullable Writer writer, StoreException reason) {
        try (lock) {
            if (writer != null) {
                writer.close();
            }
        } catch (SQLException | IOException | RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    /** Closes everything; the writer's thread must have ended. */
    void close() {
        try (lock) {
            readers.close();
            writer.close();
            file.addSums();
        } catch (SQLException | IOException | RuntimeException e) {
            // What was completed is in the journal; the next opening finds it.
            LOG.warn("closing {} failed", file.path(), e);
        }
    }
}
