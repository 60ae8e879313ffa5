package dev.meerkat.store.postgres;

import dev.meerkat.api.SessionId;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other nodes what happened here, by NOTIFY: on a connection of its own and never in a transaction that writes,
 * which would make all of them wait for each other. The first thing is told at once, and what happens within a few
 * milliseconds after it goes as one: within one if another node must do something for it, and within four if it may only
 * want to know. Nothing depends on it. Thread-safe.
 */
final class Hints {
    private static final Logger LOG = LoggerFactory.getLogger(Hints.class);
    /** Nothing is waited for to be on disk, as nothing is written. */
    private static final String NOTIFY = "SELECT set_config('synchronous_commit', 'off', true), pg_notify(?, ?)";
    /** How much one notification may hold is below 8,000 bytes. */
    private static final int SESSIONS = 300;
    /** Beyond so many, others are told to look at everything. */
    private static final int WAITING = 20_000;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(4);
    /** The same for what another node must do something for. */
    private static final long SHORT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long CLOSE_SECONDS = 5;
    private static final int ID_BYTES = 16;

    /** What may have happened, beside changes of sessions. */
    enum Kind {
        /** Everything may have changed. */
        ALL("+all"),
        /** A call waits for an owner. */
        ASKED("+asked"),
        /** A call is answered. */
        ANSWERED("+answered"),
        /** Schedules have changed. */
        SCHEDULES("+schedules"),
        /** A node came, or shards are free. */
        SHARDS("+shards");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** What a hint says, or empty if it names a session. A newer node may tell what is not known here. */
        static Optional<Kind> of(String hint) {
            for (Kind kind : values()) {
                if (kind.text.equals(hint)) {
                    return Optional.of(kind);
                }
            }
            return hint.startsWith("+") ? Optional.of(ALL) : Optional.empty();
        }
    }

    private final Database database;
    private final Membership membership;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Set<SessionId> sessions = new LinkedHashSet<>();
    private final Set<Kind> kinds = new LinkedHashSet<>();
    private final Thread thread;
    private boolean closed;
    /** Whether another node has something to do, and does not only watch. */
    private boolean urgent;
    /** When something was told last. */
    private long told;

    Hints(Database database, Membership membership, LongSupplier nanos) {
        this.database = database;
        this.membership = membership;
        this.nanos = nanos;
        this.told = nanos.getAsLong() - PAUSE_NANOS;
        this.thread = new Thread(this::run, "meerkat-store-hints");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The channel of a schema. */
    static String channel(Database database) {
        return "meerkat_" + DbConnection.hash(database.schema());
    }

    /** These sessions have changed, perhaps with their schedules. */
    void changed(Set<SessionId> changed, boolean schedules) {
        if (changed.isEmpty() || membership.alone()) {
            return;
        }
        Shards shards = membership.shards();
        boolean others = changed.stream().anyMatch(id -> shards.epoch(Shards.of(id)) == 0);
        lock.lock();
        try {
            urgent |= others;
            if (schedules) {
                kinds.add(Kind.SCHEDULES);
            }
            if (sessions.size() + changed.size() > WAITING) {
                sessions.clear();
                kinds.add(Kind.ALL);
            } else {
                sessions.addAll(changed);
            }
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    void tell(Kind kind) {
        lock.lock();
        try {
            kinds.add(kind);
            urgent = true;
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        List<String> taken = new ArrayList<>();
        while (take(taken)) {
            for (int i = 0; i < taken.size(); i += SESSIONS) {
                send(taken.subList(i, Math.min(taken.size(), i + SESSIONS)));
            }
            taken.clear();
        }
    }

    /** Waits for something to tell; false if there will be no more. */
    private boolean take(List<String> taken) {
        lock.lock();
        try {
            while (sessions.isEmpty() && kinds.isEmpty() && !closed) {
                more.await();
            }
            if (!closed) {
                pause();
            }
            kinds.forEach(kind -> taken.add(kind.text));
            sessions.forEach(id -> taken.add(text(id)));
            kinds.clear();
            sessions.clear();
            urgent = false;
            return !taken.isEmpty() || !closed;
        } catch (InterruptedException e) {
            LOG.debug("interrupted while waiting for news", e);
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** What comes soon after something was told waits a little, so that what happens together is told together. */
    private void pause() throws InterruptedException {
        long left = left();
        while (left > 0 && !closed) {
            left = Math.min(more.awaitNanos(left), left());
        }
        told = nanos.getAsLong();
    }

    private long left() {
        long since = nanos.getAsLong() - told;
        long pause = urgent ? SHORT_PAUSE_NANOS : PAUSE_NANOS;
        return since < 0 || since > pause ? 0 : pause - since;
    }

    private void send(Collection<String> hints) {
        try {
            String text = membership.now().id() + " " + String.join(" ", hints);
            boolean unused = database.once(
                    db -> db.list(NOTIFY, row -> true, channel(database), text).isEmpty());
        } catch (SQLException | RuntimeException | Error e) {
            LOG.debug("others were not told what happened here, and will find it", e);
        }
    }

    private static String text(SessionId session) {
        UUID id = session.value();
        byte[] bytes = ByteBuffer.allocate(ID_BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The session that a hint names. */
    static SessionId session(String hint) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(hint));
        return new SessionId(new UUID(bytes.getLong(), bytes.getLong()));
    }

    /** Tells what is left, and ends. */
    void close() {
        lock.lock();
        try {
            closed = true;
            more.signalAll();
        } finally {
            lock.unlock();
        }
        Database.join(thread, CLOSE_SECONDS);
    }
}
