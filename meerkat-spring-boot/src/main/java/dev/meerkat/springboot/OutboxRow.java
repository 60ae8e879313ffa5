package dev.meerkat.springboot;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.TraceContext;
import dev.meerkat.core.store.StoreCodec;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/**
 * What waits in the outbox, as it stands there.
 *
 * @param id its place
 * @param realm the realm of its session
 * @param session the name of its session: of the one that gets an event, or sends a command
 * @param kind {@link #EVENT} or {@link #COMMAND}
 * @param content the stored form of the event or command
 * @param key by which its receiver knows it again
 * @param trace the trace of who sent it in the form of W3C, with its state after a blank; or nothing
 * @param attempts how often it was tried in vain
 */
record OutboxRow(
        long id, String realm, String session, String kind, String content, String key, String trace, int attempts) {
    static final String EVENT = "event";
    static final String COMMAND = "command";
    static final String COLUMNS = "id, realm, session, kind, content, once_key, trace, attempts";

    static OutboxRow read(ResultSet row) throws SQLException {
        return new OutboxRow(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getInt(8));
    }

    static String content(ExternalEvent event) {
        return text(StoreCodec.encode(new InputBody.External(event)));
    }

    static String content(CommsCommand<?> command) {
        return text(StoreCodec.encode(command));
    }

    static String text(TraceContext trace) {
        return trace.traceParent()
                + trace.traceState().map(state -> ' ' + state).orElse("");
    }

    /** The trace of who sent it. */
    Optional<TraceContext> context() {
        String[] parts = trace.split(" ", 2);
        return TraceContext.parse(parts[0], parts.length < 2 ? null : parts[1]);
    }

    private static String text(byte[] stored) {
        return new String(stored, StandardCharsets.UTF_8);
    }

    boolean isEvent() {
        return kind.equals(EVENT);
    }

    /**
     * The event as the session is to get it.
     *
     * @throws dev.meerkat.api.StoreException if others have written the row, and it is none
     */
    ExternalEvent event() {
        InputBody.External body = (InputBody.External) StoreCodec.decodeInput(content.getBytes(StandardCharsets.UTF_8));
        return body.event().withIdempotencyKey(key);
    }

    /**
     * The command as the session is to send it.
     *
     * @throws dev.meerkat.api.StoreException if others have written the row, and it is none
     */
    CommsCommand<?> command() {
        return StoreCodec.decodeCommand(content.getBytes(StandardCharsets.UTF_8));
    }

    /** The id of a command's envelope. */
    UUID envelope() {
        return UUID.fromString(key);
    }

    /** What must not be overtaken: what a session sends is a lane of its own, beside the events that it gets. */
    String lane() {
        return kind + '\0' + realm + '\0' + session;
    }
}
