package dev.meerkat.server.internal.rpc;

import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions whose events a connection gets copies of: those it created or began a turn of, unless it declined. Of too
 * many, the one engaged least recently is left out. Thread-safe.
 */
final class SessionMirrors {
    static final int SESSIONS = 1_024;

    private static final Logger LOG = LoggerFactory.getLogger(SessionMirrors.class);

    private final ServerContext shared;
    private final SendQueue outbox;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition opened = lock.newCondition();
    private final Set<SessionId> opening = new HashSet<>();
    private final LinkedHashMap<SessionId, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    SessionMirrors(ServerContext shared, SendQueue outbox) {
        this.shared = shared;
        this.outbox = outbox;
    }

    private static final class Copy {
        final MirrorFeed feed;
        int calls = 1;

        Copy(MirrorFeed feed) {
            this.feed = feed;
        }

        void close() {
            feed.unsubscribe();
            feed.finish();
        }
    }

    /**
     * A call that wants copies is about to begin something in a session; {@link #release} follows.
     *
     * @param after the sequence after which copies begin, or {@link Calls#LIVE}
     * @return null if the session cannot be watched
     */
    @Nullable
    MirrorFeed engage(SessionId session, long after) {
        try {
            MirrorFeed present = present(session);
            return present != null ? present : open(session, after);
        } catch (WireFault e) {
            LOG.warn("no copies of the events of session {}: {}", session, e.code());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** The feed that is there; if none, it is noted that one is being opened. */
    private @Nullable MirrorFeed present(SessionId session) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (opening.contains(session)) {
                opened.await();
            }
            Copy copy = copies.get(session);
            if (copy != null) {
                copy.calls++;
                return copy.feed;
            }
            opening.add(session);
            return null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable MirrorFeed open(SessionId session, long after) throws InterruptedException {
        Copy copy = null;
        EventSubscription subscription;
        try {
            MirrorFeed feed = new MirrorFeed(
                    session.toString(), shared.calls().line(), outbox, shared.workers(), ended -> gone(session, ended));
            subscription = shared.calls().watch(session.toString(), after, feed);
            copy = new Copy(feed);
        } finally {
            Copy left = opened(session, copy);
            if (left != null) {
                left.close();
            }
        }
        copy.feed.begin(subscription);
        return copy.feed;
    }

    /** Keeps what was opened; returns what is left out for it. */
    private @Nullable Copy opened(SessionId session, @Nullable Copy copy) {
        lock.lock();
        try {
            opening.remove(session);
            opened.signalAll();
            if (copy == null || closed) {
                return copy;
            }
            copies.put(session, copy);
            if (copies.size() <= SESSIONS) {
                return null;
            }
            return copies.remove(copies.keySet().iterator().next());
        } finally {
            lock.unlock();
        }
    }

    /** A call that wants no copies begins something: there are none, unless another call wants them. */
    void decline(SessionId session) {
        Copy copy;
        lock.lock();
        try {
            copy = copies.get(session);
            if (copy == null || copy.calls > 0) {
                return;
            }
            copies.remove(session);
        } finally {
            lock.unlock();
        }
        copy.close();
    }

    /** A call that wanted copies has its answer. */
    void release(SessionId session, MirrorFeed feed) {
        lock.lock();
        try {
            Copy copy = copies.get(session);
            if (copy != null && copy.feed == feed) {
                copy.calls--;
            }
        } finally {
            lock.unlock();
        }
    }

    private void gone(SessionId session, MirrorFeed ended) {
        lock.lock();
        try {
            Copy copy = copies.get(session);
            if (copy != null && copy.feed == ended) {
                copies.remove(session);
            }
        } finally {
            lock.unlock();
        }
    }

    void close() {
        List<Copy> all;
        lock.lock();
        try {
            closed = true;
            all = new ArrayList<>(copies.values());
            copies.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(Copy::close);
    }
}
