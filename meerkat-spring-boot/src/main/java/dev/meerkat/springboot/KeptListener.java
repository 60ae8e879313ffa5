package dev.meerkat.springboot;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.webhooks.NotificationPositions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the log of the session that has a name, and of those that had it, from a position that is stored. Run by one thread. */
final class KeptListener implements ListenerRun {
    private static final Logger LOG = LoggerFactory.getLogger(KeptListener.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    /** Also how long at most nothing says that this process is the one that is told. */
    private static final Duration LAST_PAUSE = Duration.ofSeconds(10);

    private static final Duration END = Duration.ofSeconds(30);

    private final Meerkat meerkat;
    private final String realm;
    private final String name;
    private final String key;
    private final NotificationPositions kept;
    private final Consumer<SessionEvent> told;
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final Map<SessionId, Cursor> positions = new HashMap<>();
    private boolean holds;
    private volatile @Nullable EventStream open;

    KeptListener(
            Meerkat meerkat,
            String realm,
            String name,
            String key,
            NotificationPositions kept,
            Consumer<SessionEvent> told) {
        this.meerkat = meerkat;
        this.realm = realm;
        this.name = name;
        this.key = "listener." + key;
        this.kept = kept;
        this.told = told;
    }

    /** At the very first start, what happened before is not told. */
    @Override
    public void begin() throws InterruptedException {
        if (kept.read(key).isEmpty()) {
            Map<SessionId, Cursor> first = new HashMap<>();
            try {
                SessionSnapshot session = meerkat.open(realm, name).snapshot();
                first.put(session.id(), session.lastCursor().orElse(Cursor.START));
            } catch (SessionNotFoundException e) {
                LOG.debug("{} is not there yet", name);
            }
            kept.begin(key, first);
        }
    }

    @Override
    public void end() {
        end.countDown();
        EventStream reading = open;
        if (reading != null) {
            reading.close();
        }
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        if (!over.await(END.toSeconds(), TimeUnit.SECONDS)) {
            LOG.warn("the listener {} has not ended; its last event may be told again", key);
        }
    }

    @Override
    public void run() {
        try {
            while (!ended()) {
                try {
                    Optional<Session> next = isHeld() ? next() : Optional.empty();
                    if (next.isPresent()) {
                        read(next.get());
                    } else {
                        pause(FIRST_PAUSE);
                    }
                } catch (MeerkatClosedException e) {
                    throw e;
                } catch (MeerkatException e) {
                    LOG.warn("the listener {} cannot go on for now", key, e);
                    pause(FIRST_PAUSE);
                }
            }
        } catch (MeerkatClosedException e) {
            LOG.debug("no more events of {}: Meerkat is closed", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            release();
            over.countDown();
        }
    }

    private void release() {
        try {
            kept.release(key);
        } catch (RuntimeException e) {
            LOG.debug("another process goes on with {} only when this one has been silent for a while", key, e);
        }
    }

    private boolean ended() {
        return end.getCount() == 0;
    }

    private void pause(Duration time) throws InterruptedException {
        boolean unused = end.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether this process is told. One that begins to be goes on where another one was. */
    private boolean isHeld() {
        boolean held = kept.claim(key);
        if (held && !holds) {
            positions.clear();
            positions.putAll(kept.read(key).orElse(Map.of()));
        }
        holds = held;
        return held;
    }

    /** First one that was begun: it may be archived, or have lost its name. */
    private Optional<Session> next() throws InterruptedException {
        for (SessionId id : Map.copyOf(positions).keySet()) {
            try {
                return Optional.of(meerkat.open(id));
            } catch (SessionNotFoundException e) {
                forget(id);
            }
        }
        try {
            return Optional.of(meerkat.open(realm, name));
        } catch (SessionNotFoundException e) {
            return Optional.empty();
        }
    }

    private void read(Session session) throws InterruptedException {
        SessionId id = session.id();
        EventStream events = session.events(positions.getOrDefault(id, Cursor.START));
        try (events) {
            open = events;
            while (!ended() && !events.ended()) {
                SessionEvent event = events.next(LAST_PAUSE).orElse(null);
                if (event instanceof SessionEvent.Logged ? !isHandled(id, event) : !isHeld()) {
                    return;
                }
            }
        }
        if (!ended() && session.snapshot().state() == SessionSnapshot.State.ARCHIVED) {
            forget(id);
        }
    }

    private void forget(SessionId id) {
        kept.forget(key, id);
        positions.remove(id);
    }

    /** Tells it until the method takes it. False if that does not happen here. */
    private boolean isHandled(SessionId session, SessionEvent event) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!ended() && isHeld()) {
            try {
                told.accept(event);
                kept.write(key, session, event.cursor());
                positions.put(session, event.cursor());
                return true;
            } catch (RuntimeException e) {
                LOG.error(
                        "the listener {} failed at event {}, which is told again in {}", key, event.cursor(), pause, e);
                pause(pause);
                Duration twice = pause.multipliedBy(2);
                pause = twice.compareTo(LAST_PAUSE) < 0 ? twice : LAST_PAUSE;
            }
        }
        return false;
    }
}
