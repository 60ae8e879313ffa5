package dev.meerkat.server.internal.calls;

import dev.meerkat.wire.internal.fault.WireFault;

/** The reader of a subscription. Called by one thread at a time; must not block. */
public interface EventSink {
    /**
     * Whether an event may be read for it. After a no, none is read before {@link EventSubscription#resume}, so that the log keeps what a
     * slow reader does not take.
     */
    default boolean hasRoom() {
        return true;
    }

    /**
     * Takes an event, if there is room.
     *
     * @return false if there is no room: it is offered again after {@link EventSubscription#resume}
     */
    boolean offer(WireEvent event);

    /**
     * Nothing more will come. Called once, last.
     *
     * @param error why it broke off, or null if the session is archived or the server closes
     */
    void ended(@org.jspecify.annotations.Nullable WireFault error);
}
