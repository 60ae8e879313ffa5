package dev.meerkat.store.postgres;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredSession;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes a new session. */
final class SessionWrite extends GroupWrite<CreateResult> {
    private static final byte[] START = StoreCodec.encode(SessionProgress.START);

    private final NewSession session;
    private final Known.@Nullable Name name;
    private final byte[] spec;
    private final byte[] created;
    private final Optional<byte[]> prompt;
    private final Optional<byte[]> systemPrompt;

    SessionWrite(NewSession session) {
        StoredNumbers.check(session.at());
        session.prompt().ifPresent(prompt -> StoredNumbers.check(prompt.at()));
        this.session = session;
        SessionSpec of = session.spec();
        this.name = of.commsName().map(n -> new Known.Name(of.realm(), n)).orElse(null);
        this.spec = StoreCodec.encode(of);
        this.created = StoreCodec.encode(
                new SessionEvent.Lifecycle(Cursor.START, session.at(), SessionEvent.Lifecycle.Phase.CREATED));
        this.prompt = session.prompt().map(StoreCodec::encode);
        this.systemPrompt =
                of.systemPrompt().map(text -> StoreCodec.encode(new TranscriptEntry.SystemPrompt(session.at(), text)));
    }

    @Override
    long payloadBytes() {
        return (long) spec.length
                + prompt.map(bytes -> bytes.length).orElse(0)
                + systemPrompt.map(bytes -> bytes.length).orElse(0);
    }

    @Override
    void wants(Wanted wanted) {
        wanted.session(session.id());
        wanted.number();
        if (name != null) {
            wanted.name(name.realm(), name.name());
        }
    }

    @Override
    CreateResult apply(Known known) {
        SessionId holder = name == null ? null : known.names.get(name);
        if (holder != null && !archivedNow(known, holder)) {
            return new CreateResult.NameTaken(holder);
        }
        if (known.sessions.containsKey(session.id())) {
            throw new StoreException("there is a session " + session.id() + " already", null);
        }
        Hot hot =
                Hot.create(session.id(), known.numbers.remove(), session.spec().keepAlive(), START);
        write(known, hot);
        return new CreateResult.Created(new StoredSession(
                session.id(),
                session.spec(),
                session.identitySeed().clone(),
                session.at(),
                new StoredSession.Standing(false, hot.version, SessionProgress.START),
                new StoredSession.Inbox(
                        session.prompt()
                                .map(input -> Marks.ZERO.with(input.track(), 1))
                                .orElse(Marks.ZERO),
                        hot.externalBytes,
                        false),
                new StoredSession.Log(hot.last(), hot.entries)));
    }

    /** A step of the same group may have ended the session that had the name. */
    private static boolean archivedNow(Known known, SessionId holder) {
        Hot hot = known.sessions.get(holder);
        return hot != null && hot.archived;
    }

    private void write(Known known, Hot hot) {
        SessionSpec of = session.spec();
        known.sessions.put(session.id(), hot);
        if (name != null) {
            known.names.put(name, session.id());
        }
        known.newSessions.row(
                hot.no,
                session.id().value(),
                false,
                StoredNumbers.of(session.at()),
                DbConnection.utf8(of.realm()),
                of.commsName().map(DbConnection::utf8).orElse(null),
                session.identitySeed(),
                spec,
                of.retention().isPresent());
        of.labels()
                .forEach(
                        (label, value) -> known.labels.row(DbConnection.utf8(label), DbConnection.utf8(value), hot.no));
        known.event(hot, created);
        if (prompt.isPresent()) {
            long unused = known.input(hot, session.prompt().orElseThrow(), prompt.get(), 0);
        }
        systemPrompt.ifPresent(entry -> known.transcript.row(hot.no, hot.entries++, null, null, null, entry));
    }
}
