package dev.meerkat.core.internal.peer;

import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.runtime.Pages;
import dev.meerkat.core.internal.session.Registry;
import dev.meerkat.core.internal.session.SessionState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Who is whose peer, by name and by id. Thread-safe. */
final class PeerDirectory {
    private static final Set<String> SENDABLE =
            Set.of("peer_message", "peer_lifecycle", "peer_request", "peer_response");
    /** How many candidates an error lists; more would cost more than they help. */
    private static final int CANDIDATES = 10;

    private final Kernel kernel;
    private final Registry registry;
    /** Ids that were asked for or shown; filled per realm when an unknown one is asked for. */
    private final Map<PeerId, SessionId> known = new ConcurrentHashMap<>();

    PeerDirectory(Kernel kernel, Registry registry) {
        this.kernel = kernel;
        this.registry = registry;
    }

    /** The live, trusted session that a reference means to the sender. */
    SessionState resolve(SessionState sender, PeerRef to) {
        checkComms(sender);
        Optional<SessionState> found = to instanceof PeerRef.ByName byName
                ? registry.named(sender.spec.realm(), byName.name()).map(named -> named.state)
                : byId(sender, ((PeerRef.ById) to).id());
        if (found.isPresent() && found.get() == sender) {
            throw new SelfSendException(to);
        }
        return found.filter(target -> trusts(sender, target))
                .orElseThrow(() -> new PeerNotFoundException(to, peers(sender, CANDIDATES)));
    }

    List<Peer> peers(SessionState of) {
        return peers(of, Integer.MAX_VALUE);
    }

    private List<Peer> peers(SessionState of, int limit) {
        checkComms(of);
        List<SessionState> peers = new ArrayList<>();
        boolean unused = anyOfRealm(of, id -> {
            SessionState session =
                    registry.readable(id).map(found -> found.state).orElse(of);
            if (session != of && !session.isArchived() && trusts(of, session)) {
                peers.add(session);
            }
            return peers.size() == limit;
        });
        return peers.stream()
                .map(this::peer)
                .sorted(Comparator.comparing(Peer::name))
                .toList();
    }

    private Peer peer(SessionState session) {
        known.put(session.self().id(), session.id);
        return new Peer(
                session.self().id(),
                session.self().name(),
                "inproc",
                session.spec.realm() + "/" + session.self().name(),
                SENDABLE,
                session.spec.peerMeta());
    }

    private Optional<SessionState> byId(SessionState sender, PeerId id) {
        if (!known.containsKey(id)) {
            boolean unused = anyOfRealm(sender, named -> {
                registry.readable(named).ifPresent(found -> peer(found.state));
                return false;
            });
        }
        return Optional.ofNullable(known.get(id))
                .map(known -> registry.fresh(known).state)
                .filter(session -> !session.isArchived() && session.spec.realm().equals(sender.spec.realm()));
    }

    private boolean anyOfRealm(SessionState of, Predicate<SessionId> wanted) {
        return Pages.any(
                (after, limit) -> kernel.store.named(of.spec.realm(), after, limit), (SessionId id) -> id, wanted);
    }

    private boolean trusts(SessionState from, SessionState to) {
        return kernel.trust.trusts(from.member(), to.member());
    }

    private static void checkComms(SessionState session) {
        if (session.spec.commsName().isEmpty()) {
            throw new NotSupportedException(
                    "session " + session.id + " has no comms name, so it has no peers and cannot send to any");
        }
    }
}
