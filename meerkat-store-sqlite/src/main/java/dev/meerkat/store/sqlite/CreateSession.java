package dev.meerkat.store.sqlite;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Waiting;
import java.sql.SQLException;
import java.util.Optional;

/** Writes a new session. */
final class CreateSession extends Write<CreateResult> {
    private static final byte[] START = StoreCodec.encode(SessionProgress.START);

    /** The first event says that the session is created. */
    private static final Cursor PROMPT_POSITION = new Cursor(2);

    private final NewSession session;
    private final byte[] spec;
    private final byte[] created;
    private final Optional<byte[]> prompt;
    private final Optional<byte[]> systemPrompt;

    CreateSession(NewSession session) {
        StoredNumbers.check(session.at());
        session.prompt().ifPresent(prompt -> StoredNumbers.check(prompt.at()));
        this.session = session;
        this.spec = StoreCodec.encode(session.spec());
        this.created = StoreCodec.encode(
                new SessionEvent.Lifecycle(Cursor.START, session.at(), SessionEvent.Lifecycle.Phase.CREATED));
        this.prompt = session.prompt().map(StoreCodec::encode);
        this.systemPrompt = session.spec()
                .systemPrompt()
                .map(text -> StoreCodec.encode(new TranscriptEntry.SystemPrompt(session.at(), text)));
    }

    @Override
    long payloadBytes() {
        return (long) spec.length
                + prompt.map(bytes -> bytes.length).orElse(0)
                + systemPrompt.map(bytes -> bytes.length).orElse(0);
    }

    @Override
    CreateResult apply(Tables tables) throws SQLException {
        if (session.spec().commsName().isPresent()) {
            SessionId holder = tables.sessionRows.holder(
                    session.spec().realm(), session.spec().commsName().get());
            if (holder != null) {
                return new CreateResult.NameTaken(holder);
            }
        }
        if (tables.sessions.get(session.id()) != null) {
            throw new StoreException("there is a session " + session.id() + " already", null);
        }
        HotSession hot =
                new HotSession(session.id(), tables.sessionRows.insert(session, spec, START), false, 0, Edges.NONE);
        tables.sessions.put(hot);
        tables.log.insertEvent(hot, created);
        if (prompt.isPresent()) {
            tables.inputs.insert(hot, session.prompt().orElseThrow(), prompt.get(), 0);
        }
        if (systemPrompt.isPresent()) {
            tables.log.insertEntry(hot, systemPrompt.get());
        }
        return new CreateResult.Created(new StoredSession(
                session.id(),
                session.spec(),
                session.identitySeed().clone(),
                session.at(),
                new StoredSession.Standing(false, hot.version(), SessionProgress.START),
                new StoredSession.Inbox(
                        session.prompt()
                                .map(input -> Marks.ZERO.with(input.track(), 1))
                                .orElse(Marks.ZERO),
                        hot.externalBytes(),
                        false),
                new StoredSession.Log(new Cursor(hot.lastSeq()), hot.entries())));
    }

    @Override
    void publish(RecentInputs recent) {
        if (result() instanceof CreateResult.Created && prompt.isPresent()) {
            NewInput input = session.prompt().orElseThrow();
            recent.appended(
                    session.id(), new Waiting(input.track(), 1, input.admitted(PROMPT_POSITION)), prompt.get().length);
        }
    }
}
