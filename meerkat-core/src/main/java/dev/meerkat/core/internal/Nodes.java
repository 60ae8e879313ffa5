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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final int MOST_WAITING = 4 * PAGE;

    private final Kernel kernel;
    private final Registry registry;
    private final Sharing sharing;
    private final Looks looks;
    /** Whether a look has failed since the last sweep began. */
    private final AtomicBoolean failed = new AtomicBoolean();
    /** Whether that was told. */
    private final AtomicBoolean failing = new AtomicBoolean();

    Nodes(Kernel kernel, Registry registry, Sharing sharing) {
        this.kernel = kernel;
        this.registry = registry;
        this.sharing = sharing;
        this.looks = new Looks(kernel.env.executor(), this::look);
    }

    @Override
    public void schedulesChanged() {
        kernel.alarmClock.look();
    }

    @Override
    public void changed(Set<SessionId> sessions) {
        looks.at(sessions.stream().filter(this::concerns).toList());
    }

    private boolean concerns(SessionId id) {
        SessionLoop loop = registry.loaded(id);
        return kernel.owns(id) || (loop != null && interesting(loop));
    }

    private boolean interesting(SessionLoop loop) {
        return loop.state.isWatched()
                || kernel.turnEnds.sessions().contains(loop.id)
                || kernel.replies.sessions().contains(loop.id);
    }

    private void look(SessionId id) {
        SessionLoop loop = registry.loaded(id);
        if (loop != null) {
            look(loop);
        } else if (kernel.owns(id)) {
            registry.takeUp().one(id);
        }
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
            looks.at(Set.of(loop.id));
        }
    }

    @Override
    public void sweep() {
        if (!kernel.activity.open()) {
            return;
        }
        kernel.alarmClock.lookAtAll();
        try {
            if (!failed.getAndSet(false) && failing.getAndSet(false)) {
                LOG.info("what others have stored is read again");
            }
            Set<SessionId> loaded = new HashSet<>(kernel.turnEnds.sessions());
            loaded.addAll(kernel.replies.sessions());
            registry.all().stream().filter(loop -> loop.state.isWatched()).forEach(loop -> loaded.add(loop.id));
            takeUp(loaded);
            List<SessionId> all = List.copyOf(loaded);
            for (int i = 0; i < all.size(); i += PAGE) {
                catchUp(all.subList(i, Math.min(all.size(), i + PAGE)));
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** It is told once, until all looks between two sweeps go well. */
    private void failed(Throwable cause) {
        failed.set(true);
        if (!kernel.activity.open() || failing.getAndSet(true)) {
            LOG.debug("what others have stored cannot be read now", cause);
        } else {
            LOG.warn("what others have stored cannot be read now, which is tried again", cause);
        }
    }

    /** Takes up what is to be done, or puts it to those that are loaded already; what is too much waits for the next sweep. */
    private void takeUp(Set<SessionId> loaded) {
        boolean unused = Pages.any(kernel.store::unfinished, Function.identity(), id -> {
            if (registry.loaded(id) == null) {
                looks.at(List.of(id));
            } else {
                loaded.add(id);
            }
            return looks.waiting() >= MOST_WAITING;
        });
    }

    /** Looks at those whose logs have gone on, that are of another term, or that are deleted. */
    private void catchUp(Collection<SessionId> sessions) {
        Map<SessionId, Cursor> ends = sharing.ends(sessions);
        List<SessionId> changed = new ArrayList<>();
        for (SessionId id : sessions) {
            Cursor end = ends.get(id);
            SessionLoop loop = registry.loaded(id);
            if (loop == null) {
                continue;
            }
            if (end != null && loop.state.knows(end) && loop.state.isOfTerm(kernel.term(id))) {
                loop.wake();
            } else {
                changed.add(id);
            }
        }
        looks.at(changed);
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
