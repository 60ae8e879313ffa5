package dev.meerkat.webhooks;

import java.util.Locale;

/** What became of a delivery. Each has a status of HTTP, which a route can change. */
public enum WebhookResult {
    /** The event is in the session's lane, as durable as its store makes it. */
    ACCEPTED(202),
    /** The same delivery came before; nothing was done now. */
    DUPLICATE(200),
    /** The route drops deliveries of this type; nothing was done. */
    DROPPED(200),
    /** The sender asked whether somebody is there, and is told so; there was no event. */
    CHALLENGE(200),
    /** The body, its headers, or what the route reads of them is not as it must be. */
    MALFORMED(400),
    /** The sender did not prove who it is. It is not told why. */
    UNAUTHORIZED(401),
    /** There is no such route. */
    UNKNOWN_ROUTE(404),
    /** The target session is not there. */
    NO_SESSION(404),
    /** Only POST is taken. */
    WRONG_METHOD(405),
    /** The same key came before with other content. */
    CONFLICT(409),
    /** The target session is archived and never comes back. */
    ARCHIVED(410),
    /** The body is over the route's limit, or its payload over that of one event. */
    TOO_LARGE(413),
    /** The body is encoded in a way that is not understood. */
    UNSUPPORTED(415),
    /** The session's lane is full; nothing was done, and it may be tried again. */
    BUSY(503),
    /** The runtime or its store refused; nothing was done, and it may be tried again. */
    NOT_DONE(503),
    /** It is not known whether the event was taken. To send it again is safe if the route has a key. */
    UNKNOWN(500);

    private final int status;

    WebhookResult(int status) {
        this.status = status;
    }

    /**
     * The status of HTTP, unless the route says another one.
     *
     * @return from 200 to 599
     */
    public int status() {
        return status;
    }

    /**
     * The name in answers and in configuration.
     *
     * @return such as {@code accepted}
     */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the sender may forget the delivery. */
    boolean isTaken() {
        return status < 300;
    }
}
