package dev.meerkat.core.store;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A session that is taken into a store: nobody finds it before it is finished, and nothing of it is left if it is not. For one
 * thread at a time, which waits for each stage before it goes on. Stages complete as those of {@link SessionStore}.
 */
public interface SessionRestore extends AutoCloseable {
    /**
     * Takes the next parts of the session.
     *
     * @param parts in their order, without the head
     * @return what became of them; absent if the id is taken, so that {@link #finish} will say so
     */
    CompletionStage<ChangeResult> add(List<SessionPart> parts);

    /**
     * Makes the session appear, with all its parts at once.
     *
     * @return what became of it
     */
    CompletionStage<RestoreResult> finish();

    /** Takes back what was added, unless the session was finished. Bounded and idempotent; what a crash leaves goes at the next opening. */
    @Override
    void close();
}
