package dev.meerkat.core.internal;

import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.SessionExistsException;
import dev.meerkat.core.internal.codec.PartOrder;
import dev.meerkat.core.internal.codec.SessionLines;
import dev.meerkat.core.store.RestoreResult;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.SessionRestore;
import dev.meerkat.core.store.SessionStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes a session of a file, whole or not at all. */
public final class SessionImport {
    private static final int BATCH_PARTS = 500;
    private static final int BATCH_BYTES = 1 << 20;
    private static final long WRITE_SECONDS = 120;

    private SessionImport() {}

    /**
     * Reads a file to its end.
     *
     * @param store the store that is to have the session; the caller sees to it that a runtime which has it hears of the session
     * @param in the file; not closed
     * @param mayGoOn called before each write; what it throws ends the import, of which nothing is left
     * @return the session's id
     */
    public static SessionId of(SessionStore store, InputStream in, Runnable mayGoOn)
            throws IOException, InterruptedException {
        SessionLines.Reader lines = new SessionLines.Reader(in);
        SessionPart.Head head = lines.head();
        if (store.load(head.id()).isPresent()) {
            throw new SessionExistsException(head.id(), store.describe());
        }
        try (SessionRestore restore = store.restore(head)) {
            PartOrder order = new PartOrder(head);
            List<SessionPart> batch = new ArrayList<>();
            long begun = 0;
            for (SessionPart part = lines.next(order); part != null; part = lines.next(order)) {
                batch.add(part);
                if (batch.size() == BATCH_PARTS || lines.bytes() - begun >= BATCH_BYTES) {
                    mayGoOn.run();
                    add(restore, batch, head.id());
                    batch.clear();
                    begun = lines.bytes();
                }
            }
            mayGoOn.run();
            add(restore, batch, head.id());
            finish(await(restore.finish(), head.id()), head, store);
        }
        return head.id();
    }

    private static void add(SessionRestore restore, List<SessionPart> batch, SessionId id) throws InterruptedException {
        try {
            // What an id that is taken has for an answer is told at the end.
            Object unused = await(restore.add(List.copyOf(batch)), id);
        } catch (UnknownOutcomeException e) {
            throw new StoreException("session " + id + " is not imported: " + e.getMessage(), e);
        }
    }

    private static void finish(RestoreResult result, SessionPart.Head head, SessionStore store) {
        if (result instanceof RestoreResult.IdTaken) {
            throw new SessionExistsException(head.id(), store.describe());
        }
        if (result instanceof RestoreResult.NameTaken taken) {
            throw new CommsNameTakenException(
                    head.spec().realm(), head.spec().commsName().orElseThrow(), taken.holder());
        }
    }

    private static <T> T await(CompletionStage<T> write, SessionId id) throws InterruptedException {
        try {
            return write.toCompletableFuture().get(WRITE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MeerkatException known) {
                throw known;
            }
            throw new UnknownOutcomeException(
                    id.value(), "the store failed while it wrote: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new UnknownOutcomeException(id.value(), "the store did not answer in time", e);
        }
    }
}
