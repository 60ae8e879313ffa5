package dev.meerkat.store.jdbc;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.EventDraft;
import dev.meerkat.core.store.StoreCodec;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Takes an envelope out of an outbox; the result tells whether it was there. */
final class SettleEnvelope extends Write<Boolean> {
    private final SessionId sender;
    private final EnvelopeId envelope;
    private final @Nullable EventDraft failure;

    SettleEnvelope(SessionId sender, EnvelopeId envelope, @Nullable EventDraft failure) {
        this.sender = sender;
        this.envelope = envelope;
        this.failure = failure;
    }

    @Override
    long payloadBytes() {
        return 0;
    }

    @Override
    Boolean apply(Tables tables) throws SQLException {
        HotSession session = tables.sessions.get(sender);
        if (session == null || !tables.log.hasEnvelope(session, envelope)) {
            return false;
        }
        byte[] event = failure == null ? null : StoreCodec.encode(failure.at(new Cursor(session.lastSeq() + 1)));
        tables.log.deleteEnvelope(session, envelope);
        if (event != null) {
            tables.log.insertEvent(session, event);
        }
        return true;
    }
}
