package dev.meerkat.core.internal.session;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.store.Fenced;
import org.jspecify.annotations.Nullable;

/**
 * Whether a session still belongs to this runtime; once it does not, or is deleted, nothing more is done for it here.
 * Thread-safe.
 */
public final class Fence {
    private final Kernel kernel;
    private final SessionId session;
    private volatile @Nullable Fenced by;
    private volatile boolean deleted;

    Fence(Kernel kernel, SessionId session) {
        this.kernel = kernel;
        this.session = session;
    }

    /** Another owner has the session; false if that is known. */
    synchronized boolean raise(Fenced owner) {
        boolean first = by == null;
        by = first ? owner : by;
        return first;
    }

    /** The session is in the store no more; false if that is known. */
    synchronized boolean raiseDeleted() {
        boolean first = !deleted;
        deleted = true;
        return first;
    }

    /** Whether another owner has the session, or it is deleted. */
    public boolean raised() {
        return by != null || deleted;
    }

    /** Refuses what needs this runtime to go on with the session. */
    public void check() {
        if (deleted) {
            throw new SessionNotFoundException(session.toString());
        }
        Fenced owner = by;
        if (owner != null) {
            throw FencedFault.refusal(session, owner);
        }
    }

    /** Refuses to begin a step or a tool of a session that is another's, or may be. */
    public void checkOwned() {
        Fenced owner = by;
        if (owner != null) {
            throw new FencedFault(session, owner);
        }
        if (!kernel.store.ownership().owns(session)) {
            throw new StoreFault("session " + session + " may belong to another owner by now", null);
        }
    }
}
