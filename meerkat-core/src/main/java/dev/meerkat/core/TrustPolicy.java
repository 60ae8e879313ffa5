package dev.meerkat.core;

import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.SessionId;
import java.util.Map;

/**
 * Decides which sessions of a realm are peers. Asked in both directions of a pair separately; must be
 * cheap, thread-safe and always answer alike for the same pair.
 */
@FunctionalInterface
public interface TrustPolicy {
    /**
     * Whether one session may see and address another of its realm.
     *
     * @param from the one that sends
     * @param to the one that receives
     * @return whether it may
     */
    boolean trusts(Member from, Member to);

    /**
     * A named session of a realm.
     *
     * @param id its id
     * @param realm its realm
     * @param commsName its name
     * @param labels its session labels
     * @param peerMeta what it tells its peers
     */
    record Member(SessionId id, String realm, String commsName, Map<String, String> labels, PeerMeta peerMeta) {}

    /** {@return the default: all named sessions of a realm trust each other} */
    static TrustPolicy realm() {
        return (from, to) -> true;
    }
}
