package dev.meerkat.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The events of a session as a {@link Flow.Publisher}: an adapter on {@link EventStream} that pulls
 * as much as the subscriber asks for.
 *
 * <p>Each subscriber gets the events after the cursor, on the given executor, one at a time. While a
 * subscriber has unmet demand, it takes one thread of that executor. Thread-safe.
 *
 * <p>When the events cannot be had for a while, because the server or the store does not answer, the subscription goes
 * on by itself as soon as they can be had again, however long that takes; it tries again after 0.1 s, then after
 * waits that double up to 1 s. {@code onComplete} follows the archiving of the session, once its last event was asked
 * for, and the closing of the Meerkat, at once and without demand.
 * {@code onError} follows what no waiting mends: the session is gone, or this Meerkat cannot give its events; the
 * executor refuses to run the subscriber, or its thread is interrupted; the subscriber itself throws. What fails when
 * a subscriber subscribes is told to it by {@code onError} too, also that the server cannot be reached.
 */
public final class EventPublisher implements Flow.Publisher<SessionEvent> {
    /** Only bounds how late a cancelled subscription notices; nothing is polled. */
    private static final Duration WAIT = Duration.ofSeconds(1);

    /** Between two tries to read a stream that fails. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private static final Duration LAST_PAUSE = Duration.ofSeconds(1);

    private final Session session;
    private final Cursor after;
    private final Executor executor;
    private final Pause pause;

    /** Waits for a time, or until the latch opens. */
    interface Pause {
        void await(CountDownLatch over, Duration time) throws InterruptedException;
    }

    /**
     * A publisher of the events of a session.
     *
     * @param session the session
     * @param after where each subscriber begins
     * @param executor runs the subscribers; it is not closed
     */
    public EventPublisher(Session session, Cursor after, Executor executor) {
        this(session, after, executor, EventPublisher::await);
    }

    EventPublisher(Session session, Cursor after, Executor executor, Pause pause) {
        this.session = Check.notNull(session, "session");
        this.after = Check.notNull(after, "after");
        this.executor = Check.notNull(executor, "executor");
        this.pause = pause;
    }

    private static void await(CountDownLatch over, Duration time) throws InterruptedException {
        boolean unused = over.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super SessionEvent> subscriber) {
        Flow.Subscriber<? super SessionEvent> target = Objects.requireNonNull(subscriber, "subscriber");
        EventStream stream;
        try {
            stream = session.events(after);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(target, e);
            return;
        } catch (MeerkatException e) {
            refuse(target, e);
            return;
        }
        Pull pull = new Pull(stream, target, executor, pause);
        target.onSubscribe(pull);
        stream.whenMeerkatCloses(pull::meerkatClosed);
    }

    /** The rules of reactive streams want a subscription before any error. */
    private static void refuse(Flow.Subscriber<? super SessionEvent> subscriber, Throwable reason) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
        });
        subscriber.onError(reason);
    }

    /** One subscriber's demand; {@code running} makes its pulls serial. */
    private static final class Pull implements Flow.Subscription, Runnable {
        private final EventStream stream;
        private final Flow.Subscriber<? super SessionEvent> subscriber;
        private final Executor executor;
        private final Pause pause;
        private final CountDownLatch over = new CountDownLatch(1);
        private final AtomicLong demand = new AtomicLong();
        private final AtomicBoolean running = new AtomicBoolean();
        private volatile boolean done;
        private volatile boolean meerkatClosed;
        private volatile @Nullable IllegalArgumentException badRequest;
        /** Only the one pull that runs uses it. */
        private Duration nextPause = FIRST_PAUSE;

        Pull(EventStream stream, Flow.Subscriber<? super SessionEvent> subscriber, Executor executor, Pause pause) {
            this.pause = pause;
            this.stream = stream;
            this.subscriber = subscriber;
            this.executor = executor;
        }

        @Override
        public void request(long n) {
            if (n <= 0) {
                badRequest = new IllegalArgumentException("demand must be positive: " + n);
                demand.compareAndSet(0, 1);
            } else {
                demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
            }
            start();
        }

        /** Nothing more comes, which a subscriber hears without asking for it. */
        void meerkatClosed() {
            meerkatClosed = true;
            start();
        }

        private boolean hasWork() {
            return !done && (demand.get() > 0 || meerkatClosed);
        }

        private void start() {
            if (hasWork() && running.compareAndSet(false, true)) {
                try {
                    executor.execute(this);
                } catch (RejectedExecutionException e) {
                    fail(e);
                }
            }
        }

        @Override
        public void cancel() {
            done = true;
            over.countDown();
            stream.close();
        }

        @Override
        public void run() {
            try {
                while (hasWork()) {
                    step();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                fail(e);
            } catch (RuntimeException e) {
                fail(e);
            } finally {
                running.set(false);
            }
            start();
        }

        private void step() throws InterruptedException {
            IllegalArgumentException refused = badRequest;
            if (refused != null) {
                fail(refused);
                return;
            }
            if (meerkatClosed) {
                complete();
                return;
            }
            Optional<SessionEvent> event;
            try {
                event = stream.next(WAIT);
                nextPause = FIRST_PAUSE;
            } catch (MeerkatClosedException e) {
                complete();
                return;
            } catch (MeerkatException e) {
                goOnLater(e);
                return;
            }
            if (done) {
                return;
            }
            if (event.isPresent()) {
                demand.decrementAndGet();
                subscriber.onNext(event.get());
            } else if (stream.ended()) {
                complete();
            }
        }

        private void goOnLater(MeerkatException reason) throws InterruptedException {
            if (isFinal(reason) || stream.ended()) {
                fail(reason);
                return;
            }
            Duration now = nextPause;
            Duration twice = now.multipliedBy(2);
            nextPause = twice.compareTo(LAST_PAUSE) < 0 ? twice : LAST_PAUSE;
            pause.await(over, now);
        }

        /** Whether waiting mends it never. */
        private static boolean isFinal(MeerkatException reason) {
            return reason instanceof SessionNotFoundException
                    || reason instanceof SessionArchivedException
                    || reason instanceof NotSupportedException
                    || reason instanceof InvalidFieldException;
        }

        private void complete() {
            if (!done) {
                cancel();
                subscriber.onComplete();
            }
        }

        private void fail(Throwable reason) {
            if (!done) {
                cancel();
                subscriber.onError(reason);
            }
        }
    }
}
