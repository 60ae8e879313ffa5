package dev.meerkat.core.internal;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.Registry;
import dev.meerkat.core.internal.session.SessionLoop;
import dev.meerkat.core.store.DeleteResult;

/**
 * Ends sessions for good: archives one that is live, takes it out of the store, and tells those who wait for something of
 * it. Thread-safe.
 */
record SessionDeletion(Kernel kernel, Registry registry) {
    void of(SessionId id) throws InterruptedException {
        SessionLoop loop = registry.fresh(id);
        archive(loop);
        DeleteResult result = kernel.await(kernel.store.delete(id), id.value());
        switch (result) {
            case DELETED -> loop.deleted();
            case ABSENT -> {
                loop.deleted();
                throw new SessionNotFoundException(id.toString());
            }
            case LIVE ->
                throw new FailedException("session_busy", "session " + id + " is being archived by another call", null);
        }
    }

    private static void archive(SessionLoop loop) throws InterruptedException {
        if (loop.state.isArchivedForGood()) {
            return;
        }
        try {
            String unused = OwnerCall.archive().done(loop);
        } catch (SessionArchivedException e) {
            // Others do it, or have done it: the store knows.
        }
    }
}
