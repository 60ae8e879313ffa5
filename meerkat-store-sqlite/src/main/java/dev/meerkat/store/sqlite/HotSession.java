package dev.meerkat.store.sqlite;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.Track;
import java.util.HashSet;
import java.util.Set;

/**
 * What the committer must know of a session to write for it: where its numberings end. Confined to
 * the committer, and forgotten when a change that it counts is taken back.
 */
final class HotSession {
    private static final int MOST_SENT = 1_024;

    final SessionId id;
    final long no;
    private boolean archived;
    private long version;
    private Marks admitted;
    private long externalBytes;
    private long lastSeq;
    private long entries;
    /** Envelopes that are in the outbox, as far as they were put there lately. */
    private final Set<EnvelopeId> sent = new HashSet<>(2);

    HotSession(SessionId id, long no, boolean archived, long version, Edges edges) {
        this.id = id;
        this.no = no;
        this.archived = archived;
        this.version = version;
        this.admitted = edges.admitted();
        this.externalBytes = edges.externalBytes();
        this.lastSeq = edges.lastSeq();
        this.entries = edges.entries();
    }

    boolean archived() {
        return archived;
    }

    long version() {
        return version;
    }

    long admitted(Track track) {
        return admitted.get(track);
    }

    long externalBytes() {
        return externalBytes;
    }

    long lastSeq() {
        return lastSeq;
    }

    long entries() {
        return entries;
    }

    void admitted(Track track, long bytes) {
        admitted = admitted.with(track, admitted.get(track) + 1);
        externalBytes = bytes;
        lastSeq++;
    }

    void logged(int events) {
        lastSeq += events;
    }

    void wrote() {
        entries++;
    }

    void committed(boolean archives) {
        version++;
        archived |= archives;
    }

    void sent(EnvelopeId envelope) {
        if (sent.size() < MOST_SENT) {
            sent.add(envelope);
        }
    }

    /** Whether an envelope is surely in the outbox. */
    boolean hasSent(EnvelopeId envelope) {
        return sent.contains(envelope);
    }

    void settled(EnvelopeId envelope) {
        sent.remove(envelope);
    }
}
