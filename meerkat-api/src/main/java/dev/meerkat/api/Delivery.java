package dev.meerkat.api;

/** How much a receipt proves; {@code delivery} on the wire, which may grow. */
public sealed interface Delivery {
    /**
     * {@return what kind it is, as in JSON, such as {@code durable}} A getter, so that libraries that write beans
     * tell it too.
     */
    default String getType() {
        return TypeName.of(this);
    }

    /**
     * On the receiver's disk, so that it survives a crash.
     *
     * @param duplicate whether the receiver had it before and kept the first
     */
    record Durable(boolean duplicate) implements Delivery {}

    /** In the receiver's inbox, which lives in memory. */
    record HandedOff() implements Delivery {}

    /** The receiver's transport confirmed it. */
    record Acknowledged() implements Delivery {}

    /** Waits at the sender; inside a turn it leaves when the step commits. */
    record Queued() implements Delivery {}

    /**
     * A proof that this version does not know.
     *
     * @param raw as it came
     */
    record Unrecognized(String raw) implements Delivery {}
}
