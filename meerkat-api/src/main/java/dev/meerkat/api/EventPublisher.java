package dev.meerkat.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The events of a session as a {@link Flow.Publisher}: an adapter on {@link EventStream} that pulls
 * as much as the subscriber asks for.
 *
 * <p>Each subscriber gets the events after the cursor, on the given executor, one at a time. While a
 * subscriber has unmet demand, it takes one thread of that executor. Thread-safe.
 */
public final class EventPublisher implements Flow.Publisher<SessionEvent> {
    /** Only bounds how late a cancelled subscription notices; nothing is polled. */
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Session session;
    private final Cursor after;
    private final Executor executor;

    /**
     * A publisher of the events of a session.
     *
     * @param session the session
     * @param after where each subscriber begins
     * @param executor runs the subscribers; it is not closed
     */
    public EventPublisher(Session session, Cursor after, Executor executor) {
        this.session = Check.notNull(session, "session");
        this.after = Check.notNull(after, "after");
        this.executor = Check.notNull(executor, "executor");
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
        target.onSubscribe(new Pull(stream, target, executor));
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
        private final AtomicLong demand = new AtomicLong();
        private final AtomicBoolean running = new AtomicBoolean();
        private volatile boolean done;
        private volatile @Nullable IllegalArgumentException badRequest;

        Pull(EventStream stream, Flow.Subscriber<? super SessionEvent> subscriber, Executor executor) {
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

        private void start() {
            if (!done && demand.get() > 0 && running.compareAndSet(false, true)) {
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
            stream.close();
        }

        @Override
        public void run() {
            try {
                while (!done && demand.get() > 0) {
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
            Optional<SessionEvent> event = stream.next(WAIT);
            if (done) {
                return;
            }
            if (event.isPresent()) {
                demand.decrementAndGet();
                subscriber.onNext(event.get());
            } else if (stream.ended()) {
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
