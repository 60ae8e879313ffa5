package dev.meerkat.store.sqlite;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.StoreCodec;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Takes an envelope out of an outbox. */
final class SettleEnvelope extends Write<ChangeResult> {
    private final SessionId sender;
    private final EnvelopeId envelope;
    private final byte @Nullable [] failure;

    SettleEnvelope(SessionId sender, EnvelopeId envelope, @Nullable SessionEvent failure) {
        this.sender = sender;
        this.envelope = envelope;
        this.failure = failure == null ? null : StoreCodec.encode(failure);
    }

    @Override
    long payloadBytes() {
        return failure == null ? 0 : failure.length;
    }

    @Override
    ChangeResult apply(Tables tables) throws SQLException {
        HotSession session = tables.sessions.get(sender);
        if (session == null || !tables.log.hasEnvelope(session, envelope)) {
            return new ChangeResult.Absent();
        }
        tables.log.deleteEnvelope(session, envelope);
        if (failure != null) {
            tables.log.insertEvent(session, failure);
        }
        return new ChangeResult.Done();
    }
}
