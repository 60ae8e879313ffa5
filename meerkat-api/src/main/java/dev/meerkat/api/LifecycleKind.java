package dev.meerkat.api;

/**
 * What a peer lifecycle notice tells; {@code lifecycle_kind} on the wire, which may grow.
 *
 * @param value the wire form
 */
public record LifecycleKind(String value) {
    /** A peer joined. */
    public static final LifecycleKind PEER_ADDED = new LifecycleKind("mob.peer_added");

    /** A peer left for good. */
    public static final LifecycleKind PEER_RETIRED = new LifecycleKind("mob.peer_retired");

    /** A peer is no longer connected to this one. */
    public static final LifecycleKind PEER_UNWIRED = new LifecycleKind("mob.peer_unwired");

    /** The receiver is dismissed. */
    public static final LifecycleKind DISMISS = new LifecycleKind("mob.dismiss");

    /** Checks the value. */
    public LifecycleKind {
        Check.name(value, "lifecycle_kind", Limits.NAME_CHARS);
    }

    @Override
    public String toString() {
        return value;
    }
}
