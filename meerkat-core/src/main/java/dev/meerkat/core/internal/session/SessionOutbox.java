package dev.meerkat.core.internal.session;

import dev.meerkat.api.StoreException;
import dev.meerkat.core.internal.runtime.Activity;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.StoredSession;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What leaves a session; its {@link Outbox} is made when it is first needed, so an idle session has none. Thread-safe. */
public final class SessionOutbox {
    private final SessionState session;
    private final Peers peers;
    private final Activity.Worker loop;
    /** Whether another runtime may have left something in the outbox: only steps fill it. */
    private final boolean unread;

    private volatile @Nullable Outbox outbox;

    SessionOutbox(SessionState session, StoredSession stored, Peers peers, Activity.Worker loop) {
        this.session = session;
        this.peers = peers;
        this.loop = loop;
        this.unread = stored.standing().version() > 0 || session.kernel.shared();
    }

    public Outbox get() {
        Outbox made = outbox;
        return made == null ? make() : made;
    }

    private synchronized Outbox make() {
        Outbox made = outbox;
        if (made == null) {
            made = new Outbox(session, peers, loop, unread);
            outbox = made;
        }
        return made;
    }

    /** A step is stored, with these envelopes. */
    void committed(List<Envelope> envelopes) {
        ifMade(made -> made.committed(envelopes));
    }

    /** The session was read again after a fault: its outbox must be too, if anything was sent in this runtime. */
    void readAgain() {
        ifMade(Outbox::readAgain);
    }

    /** Another owner has the session. */
    void giveUp(StoreException reason) {
        ifMade(made -> made.refuseAll(reason));
    }

    /** The runtime is closed. */
    void close() {
        ifMade(Outbox::close);
    }

    private void ifMade(Consumer<Outbox> change) {
        Outbox made = outbox;
        if (made != null) {
            change.accept(made);
        }
    }
}
