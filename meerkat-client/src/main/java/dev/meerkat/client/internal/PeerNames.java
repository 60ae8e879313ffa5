package dev.meerkat.client.internal;

import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The names of one session's peers, as the server last listed them. Remembered for a short time only:
 * a server may give a name to another peer, or to a second one. Thread-safe.
 */
final class PeerNames {
    private static final long KEPT_NANOS = Duration.ofSeconds(5).toNanos();

    /** What asks the server. */
    interface Lister {
        List<Peer> peers() throws InterruptedException;
    }

    private record Listing(Map<String, List<Peer>> byName, List<Peer> all, long at) {}

    private final Lister lister;
    private final LongSupplier clock;
    private volatile Listing last = new Listing(Map.of(), List.of(), 0);

    PeerNames(Lister lister, LongSupplier clock) {
        this.lister = lister;
        this.clock = clock;
    }

    /** The one peer of a name. */
    PeerId resolve(PeerRef.ByName ref) throws InterruptedException {
        Listing known = last;
        if (!known.byName.containsKey(ref.name()) || clock.getAsLong() - known.at > KEPT_NANOS) {
            known = list();
        }
        List<Peer> found = known.byName.getOrDefault(ref.name(), List.of());
        if (found.isEmpty()) {
            throw new PeerNotFoundException(ref, known.all);
        }
        if (found.size() > 1) {
            throw new PeerAmbiguousException(ref, found);
        }
        return found.get(0).id();
    }

    List<Peer> peers() throws InterruptedException {
        return list().all;
    }

    /** The listing is not to be trusted any more. */
    void forget() {
        last = new Listing(Map.of(), List.of(), 0);
    }

    private Listing list() throws InterruptedException {
        List<Peer> peers = lister.peers();
        Listing fresh = new Listing(
                peers.stream().collect(Collectors.groupingBy(Peer::name)), List.copyOf(peers), clock.getAsLong());
        last = fresh;
        return fresh;
    }
}
