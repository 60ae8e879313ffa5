package dev.meerkat.webhooks;

/** What a route takes bodies for. */
public enum BodyFormat {
    /**
     * What {@code Content-Type} says: JSON; a form, whose field {@code payload} is JSON, or whose fields become an object;
     * anything else is text. Without {@code Content-Type}, JSON if it is JSON, else text.
     */
    BY_CONTENT_TYPE,
    /** JSON, whatever {@code Content-Type} says. */
    JSON,
    /** Text, which becomes a JSON string. */
    TEXT,
    /**
     * A CloudEvent, structured or binary. Its payload is the structured form in both cases, with the attributes beside
     * {@code data} or {@code data_base64}.
     */
    CLOUD_EVENT
}
