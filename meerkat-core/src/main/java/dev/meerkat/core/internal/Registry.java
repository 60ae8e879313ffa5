package dev.meerkat.core.internal;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.TurnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The loops of one runtime: one per session that was used since it was opened. Thread-safe. */
final class Registry {
    private record Name(String realm, String commsName) {}

    private final Kernel kernel;
    private final PeerSends sends;
    private final Map<SessionId, SessionLoop> loops = new ConcurrentHashMap<>();
    /** May hold archived sessions, which are taken out when they are found. */
    private final Map<Name, SessionLoop> names = new ConcurrentHashMap<>();

    Registry(Kernel kernel) {
        this.kernel = kernel;
        this.sends = new PeerSends(kernel, this);
    }

    PeerSends sends() {
        return sends;
    }

    /** The loop of a session, loaded if need be. */
    SessionLoop loop(SessionId id) {
        SessionLoop loop = loops.get(id);
        if (loop != null) {
            return loop;
        }
        return adopt(kernel.store.load(id).orElseThrow(() -> new SessionNotFoundException(id.toString())));
    }

    /** The loop of a session that was just read; the first one made for it stays. */
    SessionLoop adopt(StoredSession stored) {
        SessionLoop made = new SessionLoop(kernel, stored, sends);
        SessionLoop before = loops.putIfAbsent(stored.id(), made);
        if (before != null) {
            return before;
        }
        if (!stored.archived()) {
            stored.spec()
                    .commsName()
                    .ifPresent(name -> names.put(new Name(stored.spec().realm(), name), made));
            pauseUntilDue(made, stored.progress());
        }
        return made;
    }

    /** A turn that waits for its next attempt goes on waiting after the runtime was opened again. */
    private void pauseUntilDue(SessionLoop loop, SessionProgress progress) {
        TurnRecord turn = progress.turn();
        Instant due = turn == null ? null : turn.notBefore();
        if (due != null && due.isAfter(kernel.now())) {
            loop.pause(Duration.between(kernel.now(), due));
        }
    }

    /** The live session of a name. */
    Optional<SessionLoop> named(String realm, String commsName) {
        Name name = new Name(realm, commsName);
        SessionLoop cached = names.get(name);
        if (cached != null && !cached.isArchived()) {
            return Optional.of(cached);
        }
        if (cached != null) {
            names.remove(name, cached);
        }
        return kernel.store.find(realm, commsName).map(this::loop);
    }

    Collection<SessionLoop> all() {
        return loops.values();
    }
}
