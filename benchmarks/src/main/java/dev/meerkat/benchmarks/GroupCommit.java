package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread that commits whatever arrived while it committed what was before, with no waiting for
 * more: natural group commit. Thread-safe.
 */
final class GroupCommit implements AutoCloseable {
    private static final int GROUP = 1_024;

    private final BlockingQueue<Entry> arrived = new LinkedBlockingQueue<>();
    private final Disk disk;
    private final Thread committer;
    private volatile boolean closed;

    /** Writes a group and syncs it. */
    @FunctionalInterface
    interface Disk {
        void commit(List<byte[]> payloads) throws Exception;
    }

    GroupCommit(Disk disk) {
        this.disk = disk;
        this.committer = new Thread(this::loop, "committer");
        committer.start();
    }

    /** Returns when the payload is on disk. */
    void append(byte[] payload) throws InterruptedException {
        Entry entry = new Entry(payload, Thread.currentThread());
        arrived.add(entry);
        while (!entry.done) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        if (entry.failure != null) {
            throw new IllegalStateException("not stored", entry.failure);
        }
    }

    private void loop() {
        List<Entry> group = new ArrayList<>();
        while (!closed) {
            try {
                group.add(arrived.take());
            } catch (InterruptedException e) {
                return;
            }
            arrived.drainTo(group, GROUP - 1);
            Exception failure = commit(group);
            for (Entry entry : group) {
                entry.failure = failure;
                entry.done = true;
                LockSupport.unpark(entry.waiter);
            }
            group.clear();
        }
    }

    private @Nullable Exception commit(List<Entry> group) {
        try {
            disk.commit(group.stream().map(entry -> entry.payload).toList());
            return null;
        } catch (Exception e) {
            return e;
        }
    }

    @Override
    public void close() {
        closed = true;
        committer.interrupt();
        try {
            committer.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Entry {
        private final byte[] payload;
        private final Thread waiter;
        private @Nullable Exception failure;
        private volatile boolean done;

        Entry(byte[] payload, Thread waiter) {
            this.payload = payload;
            this.waiter = waiter;
        }
    }
}
