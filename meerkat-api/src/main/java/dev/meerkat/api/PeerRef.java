package dev.meerkat.api;

import java.io.Serializable;

/**
 * How a command addresses a peer: by its name in the sender's realm, or by its {@link PeerId};
 * {@code to} on the wire.
 */
public sealed interface PeerRef extends Serializable {

    /**
     * A peer by name.
     *
     * @param name the comms name
     * @return the reference
     * @throws InvalidFieldException if it is null, blank or too long
     */
    static PeerRef named(String name) {
        return new ByName(name);
    }

    /**
     * A peer by id.
     *
     * @param id the id
     * @return the reference
     */
    static PeerRef id(PeerId id) {
        return new ById(id);
    }

    /**
     * By name; it resolves in the sender's realm when the command is sent.
     *
     * @param name the comms name
     */
    record ByName(String name) implements PeerRef {
        /** Checks the name. */
        public ByName {
            Check.name(name, "to", Limits.NAME_CHARS);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * By id.
     *
     * @param id the id
     */
    record ById(PeerId id) implements PeerRef {
        /** Checks the id. */
        public ById {
            Check.notNull(id, "to");
        }

        @Override
        public String toString() {
            return id.toString();
        }
    }
}
