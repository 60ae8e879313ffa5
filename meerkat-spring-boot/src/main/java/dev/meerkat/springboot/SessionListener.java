package dev.meerkat.springboot;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionNotFoundException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the events of the session that has a name, and goes on with the next one that has it. Run by one thread. */
final class SessionListener implements ListenerRun {
    private static final Logger LOG = LoggerFactory.getLogger(SessionListener.class);
    /** Between two tries to find a session, or to read a stream that fails. */
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** Only bounds how late an end is noticed that nothing else tells of. */
    private static final Duration WAIT = Duration.ofMinutes(1);

    private final Meerkat meerkat;
    private final String realm;
    private final String name;
    private final Consumer<SessionEvent> told;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile @Nullable EventStream open;

    SessionListener(Meerkat meerkat, String realm, String name, Consumer<SessionEvent> told) {
        this.meerkat = meerkat;
        this.realm = realm;
        this.name = name;
        this.told = told;
    }

    /** Listens from now on, so that nothing is missed that comes later. A session that is not there is told whole. */
    @Override
    public void begin() throws InterruptedException {
        try {
            open = meerkat.open(realm, name).eventsFromNow();
        } catch (SessionNotFoundException e) {
            LOG.debug("{} is not there yet", name);
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
    public void run() {
        try {
            EventStream first = open;
            if (first != null) {
                read(first);
            }
            while (!ended()) {
                Optional<EventStream> next = next();
                if (next.isPresent()) {
                    read(next.get());
                } else {
                    pause();
                }
            }
        } catch (MeerkatClosedException e) {
            LOG.debug("no more events of {}: Meerkat is closed", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean ended() {
        return end.getCount() == 0;
    }

    private void pause() throws InterruptedException {
        boolean unused = end.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Optional<EventStream> next() throws InterruptedException {
        try {
            Session session = meerkat.open(realm, name);
            return Optional.of(session.events(Cursor.START));
        } catch (MeerkatClosedException e) {
            throw e;
        } catch (MeerkatException e) {
            LOG.debug("{} cannot be listened to yet", name, e);
            return Optional.empty();
        }
    }

    private void read(EventStream events) throws InterruptedException {
        try (events) {
            open = events;
            while (!ended() && !events.ended()) {
                try {
                    events.next(WAIT).ifPresent(this::tell);
                } catch (MeerkatClosedException e) {
                    throw e;
                } catch (MeerkatException e) {
                    LOG.debug("the events of {} cannot be had now", name, e);
                    pause();
                }
            }
        }
    }

    private void tell(SessionEvent event) {
        try {
            told.accept(event);
        } catch (RuntimeException e) {
            LOG.error("a listener of session {} failed at event {}", name, event.cursor(), e);
        }
    }
}
