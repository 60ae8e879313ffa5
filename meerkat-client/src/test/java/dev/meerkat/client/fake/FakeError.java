package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** An error answer. Each surface words it in its own way. */
final class FakeError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What a surface needs to know to choose its code. */
    enum Kind {
        /** Parameters of the wrong shape. */
        SHAPE,
        /** Parameters of the right shape with a wrong value. */
        VALUE,
        /** No such session. */
        NOT_FOUND,
        /** As not found, but said by the runtime: in lower case, and without code over REST. */
        NOT_RUNNING,
        /** The session has no comms. */
        NO_COMMS,
        /** A send that failed. */
        SEND,
        /** A command that contradicts itself. */
        COMMAND,
        /** A key that was used for something else. */
        KEY_CONFLICT,
        /** A turn that failed. */
        TURN,
        /** A turn that was taken back. */
        CANCELLED,
        /** Not offered by this server. */
        NOT_ENABLED,
        /** No such method. */
        METHOD,
        /** Not found, and only over REST. */
        GONE_STREAM
    }

    final Kind kind;
    final transient @Nullable ObjectNode data;

    FakeError(Kind kind, String message, @Nullable ObjectNode data) {
        super(message, null, false, false);
        this.kind = kind;
        this.data = data;
    }

    static FakeError shape(String message) {
        return new FakeError(Kind.SHAPE, message, null);
    }

    static FakeError missing(String field, JsonNode params) {
        return shape("missing field `" + field + "`" + at(params));
    }

    static FakeError value(String message) {
        return new FakeError(Kind.VALUE, message, null);
    }

    static FakeError notFound(String id) {
        return new FakeError(Kind.NOT_FOUND, "Session not found: " + id, null);
    }

    static FakeError notRunning(String id) {
        return new FakeError(Kind.NOT_RUNNING, "session not found: " + id, null);
    }

    static FakeError noComms(String id) {
        return new FakeError(Kind.NO_COMMS, "Session not found or comms not enabled: " + id, null);
    }

    /** A send that failed; details are pairs that go into the data with code and message. */
    static FakeError send(String code, String message, Object... details) {
        ObjectNode data = Js.obj("code", code, "message", message);
        data.setAll(Js.obj(details));
        return new FakeError(Kind.SEND, message, data);
    }

    String text() {
        return String.valueOf(getMessage());
    }

    /** Where the parser of the real servers stands when it has read it all. */
    static String at(JsonNode params) {
        return " at line 1 column " + Js.write(params).length();
    }
}
