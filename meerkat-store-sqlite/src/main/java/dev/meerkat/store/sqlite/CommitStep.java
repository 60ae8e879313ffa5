package dev.meerkat.store.sqlite;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a step of a session. */
final class CommitStep extends Write<StepResult> {
    private static final byte[] NOTHING = {};

    private final StepCommit commit;
    private final byte[] progress;
    /** The stored forms of the entries; {@link #NOTHING} for those that are inputs. */
    private final List<byte[]> transcript;

    /** The stored form of all events together; empty if there are none. */
    private final byte[] events;

    private final List<byte[]> outbox;

    CommitStep(StepCommit commit) {
        commit.added().transcript().forEach(entry -> StoredNumbers.check(entry.at()));
        this.commit = commit;
        this.progress = StoreCodec.encode(commit.progress());
        this.transcript = commit.added().transcript().stream()
                .map(entry -> entry instanceof TranscriptEntry.Input ? NOTHING : StoreCodec.encode(entry))
                .toList();
        List<SessionEvent> added = commit.added().events();
        this.events = added.isEmpty() ? NOTHING : StoreCodec.encode(added);
        this.outbox = commit.added().outbox().stream().map(StoreCodec::encode).toList();
    }

    @Override
    long payloadBytes() {
        return progress.length
                + transcript.stream().mapToLong(bytes -> bytes.length).sum()
                + events.length
                + outbox.stream().mapToLong(bytes -> bytes.length).sum();
    }

    @Override
    StepResult apply(Tables tables) throws SQLException {
        HotSession session = tables.sessions.get(commit.session());
        if (session == null) {
            return new StepResult.Stale(0);
        }
        if (session.archived() || session.version() != commit.expectedVersion()) {
            return new StepResult.Stale(session.version());
        }
        ContextKey key = commit.contextKey().orElse(null);
        String taken = key == null ? null : tables.sessionRows.claim(session, key);
        if (key != null && taken != null) {
            return new StepResult.KeyTaken(taken.equals(key.digest()));
        }
        write(tables, session);
        session.committed(commit.archives());
        return new StepResult.Committed(session.version(), new Cursor(session.lastSeq()));
    }

    private void write(Tables tables, HotSession session) throws SQLException {
        tables.sessionRows.progress(session, commit.progress(), progress);
        writeTranscript(tables, session);
        if (events.length > 0) {
            tables.log.insertEvents(session, commit.added().events().size(), events);
        }
        for (int i = 0; i < outbox.size(); i++) {
            tables.log.insertEnvelope(session, commit.added().outbox().get(i).id(), outbox.get(i));
        }
        for (FailedInput failed : commit.added().failed()) {
            tables.failed.put(session, failed);
        }
        switch (commit.change()) {
            case ARCHIVE -> {
                tables.sessionRows.archive(session);
                tables.schedules.dropAll(session);
            }
            case KEEP_ALIVE -> tables.sessionRows.keepAlive(session, true);
            case LET_REST -> tables.sessionRows.keepAlive(session, false);
            case NONE -> {}
        }
    }

    private void writeTranscript(Tables tables, HotSession session) throws SQLException {
        for (int i = 0; i < transcript.size(); i++) {
            TranscriptEntry entry = commit.added().transcript().get(i);
            InputRows.@Nullable Place input = null;
            if (entry instanceof TranscriptEntry.Input consumed) {
                input = tables.inputs.place(session, consumed.input().id());
                if (input != null) {
                    tables.log.insertReference(session, consumed, input);
                }
            }
            if (input == null) {
                byte[] body = transcript.get(i);
                tables.log.insertEntry(session, body.length == 0 ? StoreCodec.encode(entry) : body);
            }
        }
    }

    @Override
    void publish(RecentInputs recent) {
        if (result() instanceof StepResult.Committed) {
            recent.consumed(commit.session(), commit.progress().consumed());
        }
    }
}
