package dev.meerkat.server.internal.calls;

/** The reader of a tap. Called by one thread at a time; must not block. */
public interface TapSink {
    /**
     * Takes an event, if there is room.
     *
     * @param event the event
     * @return false if there is no room: it is offered again after {@link Tap#resume}
     */
    boolean offer(WireEvent event);

    /**
     * Nothing more will come. Called once, last.
     *
     * @param error why it broke off, or null if the session is archived or the server closes
     */
    void ended(@org.jspecify.annotations.Nullable WireFault error);
}
