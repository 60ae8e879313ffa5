package dev.meerkat.api;

/**
 * Who sent a peer input.
 *
 * @param id the sender's peer id
 * @param name its comms name when it sent
 */
public record PeerSender(PeerId id, String name) {
    /** Checks both parts. */
    public PeerSender {
        Check.notNull(id, "sender.id");
        Check.notNull(name, "sender.name");
    }
}
