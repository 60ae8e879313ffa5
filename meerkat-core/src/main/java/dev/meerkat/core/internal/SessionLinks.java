package dev.meerkat.core.internal;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.StoredSession;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What ties a session to others: who it is to its peers, what it sends them, and who watches it. Each
 * is made when it is first needed, so an idle session has none. Thread-safe.
 */
final class SessionLinks {
    private final SessionLoop loop;
    private final PeerSends sends;
    private final byte[] identitySeed;
    private @Nullable PeerSender self;
    private @Nullable Outbox outbox;
    private volatile @Nullable Watchers watchers;

    SessionLinks(SessionLoop loop, StoredSession stored, PeerSends sends) {
        this.loop = loop;
        this.sends = sends;
        this.identitySeed = stored.identitySeed();
    }

    PeerSends sends() {
        return sends;
    }

    /** Who this session is to its peers; only for a session with a comms name. */
    synchronized PeerSender self() {
        if (self == null) {
            self = new PeerSender(
                    Identity.peerId(identitySeed), loop.spec.commsName().orElseThrow());
        }
        return self;
    }

    TrustPolicy.Member member() {
        return new TrustPolicy.Member(
                loop.id,
                loop.spec.realm(),
                loop.spec.commsName().orElseThrow(),
                loop.spec.labels(),
                loop.spec.peerMeta());
    }

    /** Sends what a committed step has queued. */
    void leave(List<Envelope> envelopes) {
        if (!envelopes.isEmpty()) {
            outbox().send(envelopes);
        }
    }

    private synchronized Outbox outbox() {
        if (outbox == null) {
            outbox = new Outbox(loop, sends);
        }
        return outbox;
    }

    synchronized Watchers watchers() {
        Watchers made = watchers;
        if (made == null) {
            made = new Watchers();
            watchers = made;
        }
        return made;
    }

    /** Tells those who watch that the log went on. */
    void signal() {
        Watchers told = watchers;
        if (told != null) {
            told.signal();
        }
    }

    /** Tells those who watch that the log went on, and with what. */
    void signal(AdmittedInput input) {
        Watchers told = watchers;
        if (told != null) {
            told.signal(new SessionEvent.InputAdmitted(input));
        }
    }

    /** A response for a handle is stored. */
    void replied(PeerReply reply) {
        signal();
        if (reply.status().terminal()) {
            loop.kernel.replies.complete(reply.requestId(), reply);
        }
    }

    /** Shows a live event to those who watch. */
    void show(SessionEvent.Live event) {
        Watchers told = watchers;
        if (told != null) {
            told.show(event);
        }
    }
}
