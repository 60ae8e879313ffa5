package dev.meerkat.cli;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.store.DeleteResult;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredSession;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends a session of a store in which no turns run. A runtime would end it on the thread that runs its turns, and with
 * it would begin the turns that wait.
 */
final class StoredArchive {
    private static final int SECONDS = 30;

    private StoredArchive() {}

    /** Writes the same step as a runtime does. */
    static void of(SessionStore store, SessionId id) throws InterruptedException {
        StoredSession session = store.load(id).orElseThrow(() -> new SessionNotFoundException(id.toString()));
        if (session.standing().archived()) {
            throw new SessionArchivedException(id);
        }
        Instant now = Instant.now();
        StepCommit end = new StepCommit(
                        id,
                        session.standing().version(),
                        new SessionProgress(session.standing().progress().consumed(), null, null))
                .withAdded(new StepCommit.Added(
                        List.of(),
                        List.of(new SessionEvent.Lifecycle(Cursor.START, now, SessionEvent.Lifecycle.Phase.ARCHIVED)),
                        List.of(),
                        List.of()))
                .withChange(StepCommit.Change.ARCHIVE);
        if (!(await(store.commit(end), id) instanceof StepResult.Committed)) {
            throw new NotDoneException("session_busy", "session " + id + " was changed meanwhile; try again");
        }
    }

    /** Deletes a session; a live one is ended first. */
    static void delete(SessionStore store, SessionId id) throws InterruptedException {
        try {
            of(store, id);
        } catch (SessionArchivedException e) {
            // As it should be.
        }
        if (await(store.delete(id), id) != DeleteResult.DELETED) {
            throw new SessionNotFoundException(id.toString());
        }
    }

    private static <T> T await(CompletionStage<T> write, SessionId id) throws InterruptedException {
        try {
            return write.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MeerkatException known) {
                throw known;
            }
            throw new UnknownOutcomeException(id.value(), "the store failed while it wrote", e.getCause());
        } catch (TimeoutException e) {
            throw new UnknownOutcomeException(id.value(), "the store did not answer in time", e);
        }
    }
}
