package dev.meerkat.store.sqlite;

import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.Track;

/**
 * What the committer must know of a session to write for it: where its numberings end. Confined to
 * the committer; changes only after the row that it speaks of is written.
 */
final class HotSession {
    final long no;
    private boolean archived;
    private long version;
    private Marks admitted;
    private long externalBytes;
    private long lastSeq;
    private long entries;

    HotSession(long no, boolean archived, long version, Edges edges) {
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

    void logged() {
        lastSeq++;
    }

    void wrote() {
        entries++;
    }

    void committed(boolean archives) {
        version++;
        archived |= archives;
    }
}
