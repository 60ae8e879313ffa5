package dev.meerkat.core.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.internal.runtime.Activity;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.runtime.Pages;
import dev.meerkat.core.internal.session.Registry;
import dev.meerkat.core.internal.session.SessionLoop;
import dev.meerkat.core.internal.session.TurnCallers;
import dev.meerkat.core.store.Sharing;
import dev.meerkat.core.store.StoredRequest;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this runtime does because others work on the same store: it hears of what they have stored, takes up the sessions
 * that come to it, and does what only their owner can do. Thread-safe.
 */
final class Nodes implements Sharing.Node {
    private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);
    private static final int PAGE = 500;

    private final Kernel kernel;
    private final Registry registry;
    private final Sharing sharing;
    /** One look at a time, so that what two threads are told is not read twice. */
    private final ReentrantLock looks = new ReentrantLock();
    /** Whether a look has failed since the last sweep began; with the lock. */
    private boolean failed;
    /** Whether that was told; with the lock. */
    private boolean failing;

    Nodes(Kernel kernel, Registry registry, Sharing sharing) {
        this.kernel = kernel;
        this.registry = registry;
        this.sharing = sharing;
    }

    @Override
    public void schedulesChanged() {
        kernel.alarmClock.look();
    }

    @Override
    public void changed(Set<SessionId> sessions) {
        looks.lock();
        try {
            sessions.forEach(this::changed);
        } finally {
            looks.unlock();
        }
    }

    private void changed(SessionId id) {
        SessionLoop loop = registry.loaded(id);
        if (loop == null) {
            if (kernel.owns(id)) {
                registry.takeUp().one(id);
            }
        } else if (kernel.owns(id) || interesting(loop)) {
            look(loop);
        }
    }

    private boolean interesting(SessionLoop loop) {
        return loop.state.isWatched()
                || kernel.turnEnds.sessions().contains(loop.id)
                || kernel.replies.sessions().contains(loop.id);
    }

    /** Looks at what others have stored of a session, and tells those who wait for it. */
    private void look(SessionLoop loop) {
        try {
            loop.look();
            kernel.turnEnds.look(loop.id);
            if (!kernel.owns(loop.id) && !kernel.turns.of(loop.id).isEmpty()) {
                TurnCallers.tellParked(loop.state);
            }
            for (RequestId request : kernel.replies.of(loop.id)) {
                kernel.store
                        .request(request)
                        .flatMap(StoredRequest::reply)
                        .ifPresent(reply -> kernel.replies.complete(request, reply));
            }
        } catch (RuntimeException | Error e) {
            // The next sweep looks again.
            loop.state.fallsBehind();
            failed(e);
        }
    }

    /** Somebody waits for the end of a prompt's turn, which the log has after this position, wherever it runs. */
    void expect(SessionLoop loop, InputId prompt, Cursor before) {
        kernel.turnEnds.expect(loop.id, prompt, before);
        if (!kernel.owns(loop.id)) {
            // It may have ended already.
            lookSoon(loop);
        }
    }

    private void lookSoon(SessionLoop loop) {
        kernel.env.executor().execute(() -> {
            looks.lock();
            try {
                look(loop);
            } finally {
                looks.unlock();
            }
        });
    }

    @Override
    public void sweep() {
        if (!kernel.activity.open()) {
            return;
        }
        kernel.alarmClock.lookAtAll();
        looks.lock();
        try {
            failed = false;
            Set<SessionId> loaded = new HashSet<>(kernel.turnEnds.sessions());
            loaded.addAll(kernel.replies.sessions());
            registry.all().stream().filter(loop -> loop.state.isWatched()).forEach(loop -> loaded.add(loop.id));
            takeUp(loaded);
            List<SessionId> all = List.copyOf(loaded);
            for (int i = 0; i < all.size(); i += PAGE) {
                catchUp(all.subList(i, Math.min(all.size(), i + PAGE)));
            }
            if (failing && !failed) {
                failing = false;
                LOG.info("what others have stored is read again");
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            looks.unlock();
        }
    }

    /** It is told once, until a sweep goes well. */
    private void failed(Throwable cause) {
        failed = true;
        if (!kernel.activity.open() || failing) {
            LOG.debug("what others have stored cannot be read now", cause);
        } else {
            failing = true;
            LOG.warn("what others have stored cannot be read now, which is tried again", cause);
        }
    }

    /** Takes up what is to be done, or puts it to those that are loaded already. */
    private void takeUp(Set<SessionId> loaded) {
        boolean unused = Pages.any(kernel.store::unfinished, Function.identity(), id -> {
            if (registry.loaded(id) == null) {
                registry.takeUp().one(id);
            } else {
                loaded.add(id);
            }
            return false;
        });
    }

    /** Looks at those whose logs have gone on, or that are of another term. */
    private void catchUp(Collection<SessionId> sessions) {
        Map<SessionId, Cursor> ends = sharing.ends(sessions);
        for (SessionId id : sessions) {
            SessionLoop loop = ends.containsKey(id) ? null : registry.loaded(id);
            if (loop != null) {
                // It is deleted.
                look(loop);
            }
        }
        ends.forEach((id, end) -> {
            SessionLoop loop = registry.loaded(id);
            if (loop == null) {
                return;
            }
            if (loop.state.knows(end) && loop.state.isOfTerm(kernel.term(id))) {
                loop.wake();
            } else {
                look(loop);
            }
        });
    }

    @Override
    public Set<SessionId> busy() {
        return kernel.activity.running().stream().map(Activity.Worker::session).collect(Collectors.toSet());
    }

    @Override
    public CompletionStage<String> call(SessionId session, String call) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        kernel.env.executor().execute(() -> {
            try {
                answer.complete(OwnerCall.parse(call).answer(registry.loop(session)));
            } catch (InterruptedException | RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}
