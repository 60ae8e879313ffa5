package dev.meerkat.wire.internal.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The calls beside the contract by which this project's client reaches everything that {@link dev.meerkat.api.Meerkat} and
 * {@link dev.meerkat.api.Session} offer. Parameters and results are values of the API in their public form, below {@link
 * #VALUE}. A server that has them says so by the feature {@link #FEATURE}; clients of others never see them.
 */
public enum ApiCall {
    /** Creates a session. */
    CREATE(true),
    /** Whether there is a session. */
    OPEN(false),
    /** Finds a session by its comms name. */
    FIND(false),
    /** A page of sessions. */
    LIST(false),
    /** Deletes a session. */
    DELETE(true),
    /** A page of the dead letters of all sessions. */
    ALL_DEAD_LETTERS(false),
    /** What a session looks like. */
    SNAPSHOT(false),
    /** Admits a prompt. */
    START_TURN(true),
    /** How the turn of a prompt ended, after a bounded wait. */
    TURN_END(false),
    /** Takes a prompt back. */
    CANCEL_TURN(true),
    /** Sends a command. */
    SEND(true),
    /** Sends a request whose reply is waited for. */
    REQUEST(true),
    /** Whether a request was sent so. */
    REPLY(false),
    /** The reply, after a bounded wait. */
    REPLY_END(false),
    /** The peers of a session. */
    PEERS(false),
    /** Admits an external event. */
    EXTERNAL_EVENT(true),
    /** Adds a text to the transcript. */
    INJECT_CONTEXT(true),
    /** Answers for a peer. */
    DELIVER_PEER_ANSWER(true),
    /** How far an input got. */
    INPUT_STATUS(false),
    /** A page of the dead letters of a session. */
    DEAD_LETTERS(false),
    /** Puts a dead letter back. */
    REDRIVE(true),
    /** Discards a dead letter. */
    DISCARD(true),
    /** Lets a parked session go on. */
    UNPARK(true),
    /** Gives a session an input later. */
    SCHEDULE(true),
    /** The schedules of a session. */
    SCHEDULES(false),
    /** Takes a schedule back. */
    CANCEL_SCHEDULE(true),
    /** A page of the transcript. */
    HISTORY(false),
    /** Stops the running turn. */
    INTERRUPT(true),
    /** Changes whether a session stays awake. */
    CHANGE_KEEP_ALIVE(true),
    /** Ends a session. */
    ARCHIVE(true);

    /** The feature that says that a server has these calls, and the first segment of their names. */
    public static final String FEATURE = "meerkat_api";

    /** The parameter of {@code session/stream_open} and of the route of events that asks for events in this form. */
    public static final String EVENTS = "api_form";

    private static final String VALUE = "value";

    private final boolean changes;

    ApiCall(boolean changes) {
        this.changes = changes;
    }

    /** Whether it changes something, so that without an answer it may be done. */
    public boolean changes() {
        return changes;
    }

    /** The last segment of its name. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The method of JSON-RPC. */
    public String method() {
        return FEATURE + "/" + word();
    }

    /** Writes parameters, a result or an event. */
    public static ObjectNode write(Consumer<Out> fields) {
        RawValue value = new RawValue(Out.text(fields));
        return WireJson.object().set(VALUE, JsonNodeFactory.instance.rawValueNode(value));
    }

    /**
     * Reads parameters, a result or an event.
     *
     * @throws InvalidFieldException if it is not in its form
     */
    public static <T> T read(JsonNode tree, Function<Node, T> reader) {
        String text = WireJson.text(tree.path(VALUE));
        try {
            return reader.apply(Node.parse(text));
        } catch (IOException | Node.Malformed e) {
            String why = e instanceof IOException unread ? WireJson.why(unread) : e.getMessage();
            throw new InvalidFieldException(VALUE, text, "is not in its form: " + why, e);
        }
    }
}
