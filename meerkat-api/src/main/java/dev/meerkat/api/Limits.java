package dev.meerkat.api;

/** The size limits that every value of this API keeps, in the units that the names say. */
public final class Limits {
    /** Most bytes, in UTF-8, of one message: body, blocks, params, result and payload together. */
    public static final int MESSAGE_BYTES = 1 << 20;

    /** Most characters of a name: comms name, realm, intent, event type, source, model. */
    public static final int NAME_CHARS = 128;

    /** Most bytes, in UTF-8, of all labels of a session together. */
    public static final int LABELS_BYTES = 4 << 10;

    /** Most bytes, in UTF-8, of an idempotency key. */
    public static final int KEY_BYTES = 256;

    /** Most bytes, in UTF-8, of the body and the blocks of an input that a schedule has. */
    public static final int SCHEDULE_BYTES = 16 << 10;

    /** Most nested arrays and objects in a {@link Json} value. */
    public static final int JSON_DEPTH = 100;

    /** Most rows of one page of sessions, history or events. */
    public static final int PAGE_ROWS = 1_000;

    private Limits() {}

    /** Refuses a message whose parts together are over {@link #MESSAGE_BYTES}. */
    static void message(String field, long bytes) {
        if (bytes > MESSAGE_BYTES) {
            throw new InvalidFieldException(
                    field, bytes + " bytes", "is over the limit of " + MESSAGE_BYTES + " bytes for one message");
        }
    }
}
