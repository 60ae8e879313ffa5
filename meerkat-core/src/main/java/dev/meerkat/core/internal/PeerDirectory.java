package dev.meerkat.core.internal;

import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.SessionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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
    SessionLoop resolve(SessionLoop sender, PeerRef to) {
        checkComms(sender);
        Optional<SessionLoop> found = to instanceof PeerRef.ByName byName
                ? registry.named(sender.spec.realm(), byName.name())
                : byId(sender, ((PeerRef.ById) to).id());
        if (found.isPresent() && found.get() == sender) {
            throw new SelfSendException(to);
        }
        return found.filter(target -> trusts(sender, target))
                .orElseThrow(() -> new PeerNotFoundException(to, peers(sender, CANDIDATES)));
    }

    List<Peer> peers(SessionLoop of) {
        return peers(of, Integer.MAX_VALUE);
    }

    private List<Peer> peers(SessionLoop of, int limit) {
        checkComms(of);
        List<SessionLoop> peers = new ArrayList<>();
        for (SessionId id : kernel.store.named(of.spec.realm())) {
            SessionLoop loop = registry.loop(id);
            if (loop != of && !loop.isArchived() && trusts(of, loop)) {
                peers.add(loop);
                if (peers.size() == limit) {
                    break;
                }
            }
        }
        return peers.stream()
                .map(this::peer)
                .sorted(Comparator.comparing(Peer::name))
                .toList();
    }

    private Peer peer(SessionLoop loop) {
        known.put(loop.links.self().id(), loop.id);
        return new Peer(
                loop.links.self().id(),
                loop.links.self().name(),
                "inproc",
                loop.spec.realm() + "/" + loop.links.self().name(),
                SENDABLE,
                loop.spec.peerMeta());
    }

    private Optional<SessionLoop> byId(SessionLoop sender, PeerId id) {
        if (!known.containsKey(id)) {
            kernel.store.named(sender.spec.realm()).stream().map(registry::loop).forEach(this::peer);
        }
        return Optional.ofNullable(known.get(id))
                .map(registry::loop)
                .filter(loop -> !loop.isArchived() && loop.spec.realm().equals(sender.spec.realm()));
    }

    private boolean trusts(SessionLoop from, SessionLoop to) {
        return kernel.trust.trusts(from.links.member(), to.links.member());
    }

    private static void checkComms(SessionLoop loop) {
        if (loop.spec.commsName().isEmpty()) {
            throw new NotSupportedException(
                    "session " + loop.id + " has no comms name, so it has no peers and cannot send to any");
        }
    }
}
