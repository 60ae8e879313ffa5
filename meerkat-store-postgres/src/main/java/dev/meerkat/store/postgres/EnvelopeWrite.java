package dev.meerkat.store.postgres;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.StoreCodec;
import org.jspecify.annotations.Nullable;

/** Takes an envelope out of an outbox. */
final class EnvelopeWrite extends GroupWrite<ChangeResult> {
    private final SessionId sender;
    private final EnvelopeId envelope;
    private final byte @Nullable [] failure;

    EnvelopeWrite(SessionId sender, EnvelopeId envelope, @Nullable SessionEvent failure) {
        this.sender = sender;
        this.envelope = envelope;
        this.failure = failure == null ? null : StoreCodec.encode(failure);
    }

    @Override
    long payloadBytes() {
        return failure == null ? 0 : failure.length;
    }

    @Override
    void wants(Wanted wanted) {
        wanted.session(sender);
        wanted.envelope(sender, envelope.value());
    }

    @Override
    ChangeResult apply(Known known) {
        Hot session = known.sessions.get(sender);
        if (session == null || !known.envelopes.remove(new Known.Of(sender, envelope.value()))) {
            return new ChangeResult.Absent();
        }
        session.settled();
        known.settled.row(session.no, envelope.value());
        if (failure != null) {
            long unused = known.event(session, failure);
        }
        return new ChangeResult.Done();
    }
}
