package dev.meerkat.webhooks;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TraceContext;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells one target, one notification at a time, from the logs of the sessions: nothing waits but there. */
final class NotificationRun implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationRun.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LAST_PAUSE = Duration.ofMinutes(5);
    /** How long at most nothing says that this process tells the target, while it waits. */
    private static final Duration SLICE = Duration.ofSeconds(10);

    private static final int GONE = 410;

    private final Meerkat meerkat;
    private final NotificationTarget target;
    private final NotificationPositions kept;
    private final NotificationSender sender;
    private final Duration look;
    private final CountDownLatch end = new CountDownLatch(1);
    private final NotificationTraces traces;
    /** Whether this process tells the target, with these positions. */
    private boolean holds;

    private final Map<SessionId, Cursor> positions = new HashMap<>();

    NotificationRun(
            Meerkat meerkat,
            NotificationTarget target,
            NotificationPositions kept,
            NotificationSender sender,
            Duration look) {
        this.meerkat = meerkat;
        this.target = target;
        this.kept = kept;
        this.sender = sender;
        this.look = look;
        this.traces = new NotificationTraces(meerkat);
    }

    /** The receiver has said that it wants no more. */
    private static final class GoneException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    void end() {
        end.countDown();
    }

    @Override
    public void run() {
        try {
            while (!ended()) {
                boolean failed = !lookedAround();
                pause(failed ? FIRST_PAUSE : look);
            }
        } catch (MeerkatClosedException e) {
            LOG.debug("no more notifications to {}: Meerkat is closed", target.name());
        } catch (GoneException e) {
            LOG.error(
                    "notifications to {} end: {} answers 410, gone. They go on with the next start",
                    target.name(),
                    target.url());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            release();
        }
    }

    private void release() {
        try {
            kept.release(target.name());
        } catch (RuntimeException e) {
            LOG.debug("another process tells {} only when this one has been silent for a while", target.name(), e);
        }
    }

    /** Whether this process tells the target. One that begins to do so goes on where another one was. */
    private boolean isHeld() {
        boolean held = kept.claim(target.name());
        if (held && !holds) {
            positions.clear();
            positions.putAll(kept.read(target.name())
                    .orElseThrow(() -> new IllegalStateException(target.name() + " has no positions any more")));
        }
        holds = held;
        return held;
    }

    private static Cursor newest(SessionSnapshot session) {
        return session.lastCursor().orElse(Cursor.START);
    }

    private boolean ended() {
        return end.getCount() == 0;
    }

    private void pause(Duration time) throws InterruptedException {
        boolean unused = end.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private boolean lookedAround() throws InterruptedException, GoneException {
        try {
            look();
            return true;
        } catch (MeerkatClosedException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("notifications to {} cannot go on for now", target.name(), e);
            return false;
        }
    }

    /** Before the thread starts. What happened before a target was there is not told to it. */
    void begin() throws InterruptedException {
        if (kept.read(target.name()).isEmpty()) {
            Map<SessionId, Cursor> first = new HashMap<>();
            for (SessionSnapshot session : new Sessions().all()) {
                first.put(session.id(), newest(session));
            }
            kept.begin(target.name(), first);
        }
    }

    private void look() throws InterruptedException, GoneException {
        if (!isHeld()) {
            return;
        }
        Set<SessionId> live = new HashSet<>();
        for (SessionSnapshot session : new Sessions().all()) {
            live.add(session.id());
            if (ended() || !holds) {
                return;
            }
            Cursor told = positions.getOrDefault(session.id(), Cursor.START);
            if (told.compareTo(newest(session)) < 0) {
                tell(meerkat.open(session.id()), session, told, newest(session));
            }
        }
        for (SessionId id : Set.copyOf(positions.keySet())) {
            if (!live.contains(id) && !ended() && holds) {
                tellLast(id);
            }
        }
    }

    /** A session that is archived, or has gone with its store. */
    private void tellLast(SessionId id) throws InterruptedException, GoneException {
        try {
            Session session = meerkat.open(id);
            SessionSnapshot last = session.snapshot();
            if (last.state() != SessionSnapshot.State.ARCHIVED) {
                return; // it came in the middle of the look, or the pages moved
            }
            tell(session, last, positions.getOrDefault(id, Cursor.START), newest(last));
            if (ended() || !holds) {
                return;
            }
        } catch (SessionNotFoundException e) {
            LOG.debug("session {} is not there any more", id);
        }
        kept.forget(target.name(), id);
        positions.remove(id);
    }

    private void tell(Session session, SessionSnapshot shown, Cursor after, Cursor upTo)
            throws InterruptedException, GoneException {
        if (after.compareTo(upTo) >= 0) {
            return;
        }
        Cursor passed = after;
        try (EventStream events = session.events(after)) {
            while (passed.compareTo(upTo) < 0 && !events.ended()) {
                SessionEvent event = events.next(FIRST_PAUSE).orElse(null);
                if (ended()) {
                    return;
                }
                if (event instanceof SessionEvent.Logged logged) {
                    if (isTold(logged)) {
                        if (!isDelivered(session, shown, logged)) {
                            return;
                        }
                        keep(session.id(), logged.cursor());
                    }
                    passed = logged.cursor();
                } else if (event != null) {
                    passed = event.cursor();
                }
            }
        }
        keep(session.id(), passed);
    }

    private void keep(SessionId session, Cursor position) {
        if (!position.equals(positions.get(session))) {
            kept.write(target.name(), session, position);
            positions.put(session, position);
        }
    }

    /** An attempt that is made again is no end of a turn. */
    private boolean isTold(SessionEvent.Logged event) {
        boolean isTriedAgain = event instanceof SessionEvent.TurnFailed failed
                && failed.retryAt().isPresent();
        return target.types().contains(event.getType()) && !isTriedAgain;
    }

    /** Sends until it is taken. False if this ends before: then the next start tells it, under the same id. */
    private boolean isDelivered(Session session, SessionSnapshot shown, SessionEvent.Logged event)
            throws InterruptedException, GoneException {
        Optional<TraceContext> trace = traces.of(session, event);
        Duration pause = FIRST_PAUSE;
        while (!ended() && isHeld()) {
            String problem;
            try {
                int status = sender.send(target, shown, event, trace);
                if (status >= 200 && status < 300) {
                    return true;
                }
                if (status == GONE) {
                    throw new GoneException();
                }
                problem = "status " + status;
            } catch (IOException e) {
                problem = e.toString();
            }
            LOG.warn("{} did not take a notification, and gets it again in {}: {}", target.name(), pause, problem);
            pauseHolding(pause);
            Duration twice = pause.multipliedBy(2);
            pause = twice.compareTo(LAST_PAUSE) < 0 ? twice : LAST_PAUSE;
        }
        return false;
    }

    private void pauseHolding(Duration time) throws InterruptedException {
        Duration left = time;
        while (!ended() && left.compareTo(SLICE) > 0 && isHeld()) {
            pause(SLICE);
            left = left.minus(SLICE);
        }
        pause(left.compareTo(SLICE) < 0 ? left : SLICE);
    }

    /** The live sessions that the target is told of. */
    private final class Sessions {
        Iterable<SessionSnapshot> all() throws InterruptedException {
            Map<SessionId, SessionSnapshot> found = new LinkedHashMap<>();
            Optional<String> name = target.session();
            if (name.isPresent()) {
                try {
                    SessionSnapshot one =
                            meerkat.open(target.realm(), name.get()).snapshot();
                    found.put(one.id(), one);
                } catch (SessionNotFoundException e) {
                    LOG.debug("{} is not there yet", name.get());
                }
                return found.values();
            }
            boolean more = true;
            for (int offset = 0; more; offset += Limits.PAGE_ROWS) {
                SessionPage page = meerkat.list(SessionQuery.all().page(offset, Limits.PAGE_ROWS));
                page.sessions().stream()
                        .filter(session -> session.realm().equals(target.realm()))
                        .forEach(session -> found.put(session.id(), session));
                more = page.hasMore();
            }
            return found.values();
        }
    }
}
