package dev.meerkat.core.internal.session;

import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TooManySessionsException;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.store.StoredSession;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The loops of one runtime: one per session that was used since it was opened. Thread-safe. */
public final class Registry {
    private record Name(String realm, String commsName) {}

    private final Kernel kernel;
    private final Peers peers;
    private final TurnRunner.Factory turns;
    private final TakeUp takeUp;
    private final Map<SessionId, SessionLoop> loops = new ConcurrentHashMap<>();
    /** May hold archived sessions, which are taken out when they are found. */
    private final Map<Name, SessionLoop> names = new ConcurrentHashMap<>();

    public Registry(Kernel kernel, Function<Registry, Peers> peers, TurnRunner.Factory turns) {
        this.kernel = kernel;
        this.peers = peers.apply(this);
        this.turns = turns;
        this.takeUp = new TakeUp(kernel, this);
    }

    Peers peers() {
        return peers;
    }

    public TakeUp takeUp() {
        return takeUp;
    }

    /** The loop of a session, loaded if need be. */
    public SessionLoop loop(SessionId id) {
        SessionLoop loop = loops.get(id);
        if (loop != null) {
            return loop;
        }
        long term = kernel.term(id);
        StoredSession stored = read(id).orElseThrow(() -> new SessionNotFoundException(id.toString()));
        if (!stored.standing().archived()) {
            checkRoom("session " + id + " cannot be used");
        }
        return adopt(stored, term);
    }

    /** The loop of a session that is in memory, or null. */
    @Nullable
    public SessionLoop loaded(SessionId id) {
        return loops.get(id);
    }

    /** The loop of a session, with what is stored of it where that may have been changed elsewhere. */
    public SessionLoop fresh(SessionId id) {
        SessionLoop loop = loop(id);
        if (kernel.shared() && !kernel.owns(id)) {
            loop.state.catchUp();
        }
        return loop;
    }

    /**
     * Refuses what would hold one more session in memory than there may be. Calls that run at the same time may
     * exceed the bound by their number.
     */
    public void checkRoom(String refused) {
        int most = kernel.limits.sessions().inMemory();
        if (loops.size() >= most) {
            loops.values().removeIf(this::needsNoRoom);
            if (loops.size() >= most) {
                throw new TooManySessionsException(refused, most);
            }
        }
    }

    /** It has ended, or it belongs to another runtime and nobody here waits for anything of it. */
    private boolean needsNoRoom(SessionLoop loop) {
        return loop.isGone()
                || (kernel.shared()
                        && !kernel.owns(loop.id)
                        && !loop.state.isActive()
                        && !loop.state.isWatched()
                        && loop.outbox.get().isEmpty()
                        && kernel.turns.of(loop.id).isEmpty()
                        && kernel.replies.of(loop.id).isEmpty());
    }

    /** A session as stored; what is wrong with its rows is a refusal that names it. */
    private Optional<StoredSession> read(SessionId id) {
        try {
            return kernel.store.load(id);
        } catch (MeerkatException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StoreException("session " + id + " cannot be read from " + kernel.store.describe() + ": " + e, e);
        }
    }

    /**
     * A session among others, or empty if it cannot be read: then that is reported, and the others are shown. A session
     * that was not used yet does not stay in memory for it.
     */
    public Optional<SessionSnapshot> snapshot(SessionId id) {
        try {
            StoredSession stored = read(id).orElseThrow();
            SessionLoop used = loops.get(id);
            return Optional.of(Snapshots.of(
                    (used == null ? new SessionLoop(kernel, stored, kernel.term(id), peers, turns) : used).state,
                    stored));
        } catch (RuntimeException e) {
            takeUp.failed(id, e);
            return Optional.empty();
        }
    }

    /** The loop of a session among others, or empty if it cannot be read: then that is reported, and the others go on. */
    public Optional<SessionLoop> readable(SessionId id) {
        try {
            return Optional.of(loop(id));
        } catch (StoreException e) {
            takeUp.failed(id, e);
            return Optional.empty();
        }
    }

    /** The loop of a session that was just read, in a term; the first one made for it stays. */
    public SessionLoop adopt(StoredSession stored, long term) {
        SessionLoop made = new SessionLoop(kernel, stored, term, peers, turns);
        SessionLoop before = loops.putIfAbsent(stored.id(), made);
        if (before != null) {
            return before;
        }
        if (!stored.standing().archived() && !kernel.shared()) {
            stored.spec()
                    .commsName()
                    .ifPresent(name -> names.put(new Name(stored.spec().realm(), name), made));
        }
        return made;
    }

    /** Another owner has the session. If it is used here again, it is loaded again. */
    public void forget(SessionState session) {
        loops.computeIfPresent(session.id, (id, loop) -> loop.state.equals(session) ? null : loop);
        session.spec
                .commsName()
                .map(name -> new Name(session.spec.realm(), name))
                .ifPresent(
                        name -> names.computeIfPresent(name, (id, loop) -> loop.state.equals(session) ? null : loop));
    }

    /** The live session of a name. */
    public Optional<SessionLoop> named(String realm, String commsName) {
        if (kernel.shared()) {
            // Others may end a session, and give its name to another.
            return kernel.store.find(realm, commsName).map(this::loop);
        }
        Name name = new Name(realm, commsName);
        SessionLoop cached = names.get(name);
        if (cached != null && !cached.state.isArchived()) {
            return Optional.of(cached);
        }
        if (cached != null) {
            names.remove(name, cached);
        }
        return kernel.store.find(realm, commsName).map(this::loop);
    }

    public Collection<SessionLoop> all() {
        return loops.values();
    }
}
