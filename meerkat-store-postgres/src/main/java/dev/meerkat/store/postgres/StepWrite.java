package dev.meerkat.store.postgres;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.util.List;

/** Writes a step of a session, if this node owns that. */
final class StepWrite extends GroupWrite<StepResult> {
    private static final byte[] REFERENCE = {};
    private static final Known.Owner NOBODY = new Known.Owner(null, 0);

    private final StepCommit commit;
    private final Shards shards;
    private final SessionId id;
    private final byte[] progress;
    /** The stored forms of the entries; {@link #REFERENCE} for those that are inputs. */
    private final List<byte[]> transcript;

    private final List<byte[]> events;
    private final List<byte[]> outbox;

    StepWrite(StepCommit commit, Shards shards) {
        commit.added().transcript().forEach(entry -> StoredNumbers.check(entry.at()));
        this.commit = commit;
        this.shards = shards;
        this.id = commit.session();
        this.progress = StoreCodec.encode(commit.progress());
        this.transcript = commit.added().transcript().stream()
                .map(entry -> entry instanceof TranscriptEntry.Input ? REFERENCE : StoreCodec.encode(entry))
                .toList();
        this.events = commit.added().events().stream().map(StoreCodec::encode).toList();
        this.outbox = commit.added().outbox().stream().map(StoreCodec::encode).toList();
    }

    @Override
    long payloadBytes() {
        return progress.length + sum(transcript) + sum(events) + sum(outbox);
    }

    private static long sum(List<byte[]> stored) {
        return stored.stream().mapToLong(bytes -> bytes.length).sum();
    }

    @Override
    void wants(Wanted wanted) {
        wanted.session(id);
        wanted.owner(id);
        for (TranscriptEntry entry : commit.added().transcript()) {
            if (entry instanceof TranscriptEntry.Input input) {
                wanted.input(id, input.input().id());
            }
        }
        commit.added()
                .failed()
                .forEach(failed -> wanted.input(id, failed.input().id()));
        commit.added()
                .outbox()
                .forEach(envelope -> wanted.envelope(id, envelope.id().value()));
        commit.contextKey().ifPresent(key -> wanted.contextKey(id, key.key()));
    }

    @Override
    StepResult apply(Known known) {
        Hot session = known.sessions.get(id);
        if (session == null) {
            return new StepResult.Stale(0);
        }
        int shard = Shards.of(id);
        Known.Owner owner = known.owners.getOrDefault(shard, NOBODY);
        if (!known.node.equals(owner.node()) || shards.epoch(shard) != owner.epoch()) {
            shards.lost(shard, owner.epoch());
            return new Fenced(owner.epoch(), owner.node() == null ? "nobody" : "node " + owner.node());
        }
        if (session.archived || session.version != commit.expectedVersion()) {
            return new StepResult.Stale(session.version);
        }
        checkFailed(known);
        ContextKey key = commit.contextKey().orElse(null);
        if (key != null) {
            String taken = known.contextKeys.putIfAbsent(new Known.Text(id, key.key()), key.digest());
            if (taken != null) {
                return new StepResult.KeyTaken(taken.equals(key.digest()));
            }
            known.newContextKeys.row(session.no, DbConnection.utf8(key.key()), DbConnection.utf8(key.digest()));
        }
        for (FailedInput failed : commit.added().failed()) {
            known.failed(session, failed);
        }
        session.committed(commit.progress(), progress, known.node, owner.epoch());
        for (int i = 0; i < transcript.size(); i++) {
            entry(known, session, commit.added().transcript().get(i), transcript.get(i));
        }
        events.forEach(event -> known.event(session, event));
        for (int i = 0; i < outbox.size(); i++) {
            envelope(known, session, commit.added().outbox().get(i), outbox.get(i));
        }
        session.keepAlive = commit.change().keepAlive(session.keepAlive);
        if (commit.archives()) {
            session.archived = true;
            known.archived.row(session.no);
            known.schedules.end(session);
        }
        return new StepResult.Committed(session.version, session.last());
    }

    private void checkFailed(Known known) {
        for (FailedInput failed : commit.added().failed()) {
            Known.Input input =
                    known.inputs.get(new Known.Of(id, failed.input().id().value()));
            if (input == null || !input.inbox()) {
                throw new IllegalStateException(
                        "a failed input is not there: " + failed.input().id());
            }
        }
    }

    /** An entry that is an input of the session refers to it. */
    private void entry(Known known, Hot session, TranscriptEntry entry, byte[] body) {
        long i = session.entries++;
        if (entry instanceof TranscriptEntry.Input consumed) {
            Known.Input input =
                    known.inputs.get(new Known.Of(id, consumed.input().id().value()));
            if (input != null && input.inbox()) {
                known.transcript.row(
                        session.no,
                        i,
                        input.seq(),
                        StoredNumbers.of(entry.at()),
                        consumed.turnId().value(),
                        null);
                return;
            }
        }
        known.transcript.row(session.no, i, null, null, null, body.length == 0 ? StoreCodec.encode(entry) : body);
    }

    private void envelope(Known known, Hot session, Envelope envelope, byte[] body) {
        if (known.envelopes.add(new Known.Of(id, envelope.id().value()))) {
            session.sent++;
            session.unsettled++;
            known.newEnvelopes.row(session.no, session.sent, envelope.id().value(), body);
        }
    }
}
