package dev.meerkat.api;

import java.util.Set;

/**
 * What a {@link Meerkat} can do; calling what it cannot is a {@link NotSupportedException}, never
 * something less done silently.
 *
 * @param name which Meerkat this is, such as {@code meerkat-core}
 * @param version its version or contract line
 * @param supported what it can do
 */
public record Capabilities(String name, String version, Set<Capability> supported) {

    /** Checks and copies. */
    public Capabilities {
        Check.notNull(name, "name");
        Check.notNull(version, "version");
        supported = Set.copyOf(Check.notNull(supported, "supported"));
    }

    /** Something that one Meerkat can do and another may not. */
    public enum Capability {
        /** A peer may be addressed by name. */
        PEER_NAMES,
        /** The sessions of a realm are peers without further set-up. */
        REALM_TRUST,
        /** A request may have any intent and any JSON as params and result. */
        FREE_INTENTS,
        /** A reply can be awaited, also after a restart. */
        REPLY_HANDLES,
        /** An external event wakes a keep-alive session. */
        EVENT_WAKE,
        /** External events take an idempotency key. */
        EVENT_DEDUPE,
        /** The outcome of an external event names its input, and tells a duplicate from a first delivery. */
        EVENT_RECEIPTS,
        /** Events can be read again from a cursor. */
        EVENT_REPLAY,
        /** A running turn sees steered input at its next safe point. */
        STEER,
        /** What is acknowledged survives a crash of the process and of the machine. */
        DURABLE,
        /** Dead letters can be listed, redriven and discarded, and parked sessions unparked. */
        DEAD_LETTERS,
        /** A session can be created without a first prompt. */
        OPTIONAL_PROMPT,
        /** A session can be given inputs later, by schedules, and inputs and turns can have bounds of time. */
        SCHEDULES,
        /** Sessions can be deleted, and archived ones listed. */
        DELETION,
        /** A session may have a rule for how long its past is kept. */
        RETENTION
    }

    /**
     * Whether something can be done.
     *
     * @param capability what
     * @return whether it is supported
     */
    public boolean has(Capability capability) {
        return supported.contains(capability);
    }
}
