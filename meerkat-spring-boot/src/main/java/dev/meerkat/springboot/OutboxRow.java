package dev.meerkat.springboot;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * An event that waits in the outbox, as it stands there.
 *
 * @param id its place
 * @param realm the realm of its session
 * @param session the name of its session
 * @param type the type of the event
 * @param payload the JSON of the event
 * @param source where the event comes from
 * @param key by which the session knows it again
 * @param attempts how often it was tried in vain
 */
record OutboxRow(
        long id, String realm, String session, String type, String payload, String source, String key, int attempts) {
    static final String COLUMNS = "id, realm, session, event_type, payload, source, idempotency_key, attempts";

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

    /**
     * The event as the session is to get it.
     *
     * @throws dev.meerkat.api.InvalidFieldException if others have written the row, and it is none
     */
    ExternalEvent event() {
        return ExternalEvent.genericJson(type, Json.parse(payload))
                .withSource(source)
                .withIdempotencyKey(key);
    }

    /** Whose events must not overtake it. */
    String lane() {
        return realm + '\0' + session;
    }
}
