package dev.meerkat.server.internal.methods;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.ReadyEventStream;
import dev.meerkat.server.internal.calls.DaemonThreads;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes a stream that can only be waited for into one that says when it is ready: a thread of its own waits for it. */
final class PulledStream implements ReadyEventStream {
    /** How many may be open at one time. */
    static final int MAX = 64;

    private static final int AHEAD = 16;
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final EventStream stream;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<SessionEvent> read = new ArrayDeque<>();
    private volatile Cursor position;
    private boolean over;
    private @Nullable Throwable failure;
    private @Nullable Runnable listener;
    private Predicate<SessionEvent.InputAdmitted> matters = input -> true;

    private PulledStream(EventStream stream) {
        this.stream = stream;
        this.position = stream.position();
    }

    /** Counts the threads. */
    static final class Threads {
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger count = new AtomicInteger();

        /** Waits for a stream, which is closed if there are too many. */
        PulledStream pull(EventStream stream) {
            if (open.incrementAndGet() > MAX) {
                open.decrementAndGet();
                stream.close();
                throw new WireFault(
                        ErrorCode.BUDGET_EXHAUSTED,
                        "too many event streams are open: " + MAX,
                        ErrorForm.outcome(ErrorForm.NOT_DONE));
            }
            PulledStream pulled = new PulledStream(stream);
            DaemonThreads.of("meerkat-server-pull-" + count.incrementAndGet(), () -> {
                        try {
                            pulled.pull();
                        } finally {
                            open.decrementAndGet();
                        }
                    })
                    .start();
            return pulled;
        }
    }

    private void pull() {
        try {
            while (awaitRoom()) {
                Optional<SessionEvent> next = stream.next(WAIT);
                boolean ended = next.isEmpty() && stream.ended();
                change(() -> {
                    next.ifPresent(read::add);
                    over |= ended;
                });
            }
        } catch (InterruptedException e) {
            change(() -> over = true);
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            change(() -> failure = e);
        }
    }

    /** False if no more is to be read. */
    private boolean awaitRoom() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!over && read.size() >= AHEAD) {
                changed.await();
            }
            return !over;
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        Runnable told = null;
        lock.lock();
        try {
            change.run();
            changed.signalAll();
            if (isReady()) {
                told = listener;
                listener = null;
            }
        } finally {
            lock.unlock();
        }
        if (told != null) {
            told.run();
        }
    }

    /** Whether there is something to tell; inputs that do not matter wait for it as long as there is room. */
    private boolean isReady() {
        return over || failure != null || read.size() >= AHEAD || read.stream().anyMatch(this::matters);
    }

    private boolean matters(SessionEvent event) {
        return !(event instanceof SessionEvent.InputAdmitted input) || matters.test(input);
    }

    @Override
    public void whenReady(Runnable listener, Predicate<SessionEvent.InputAdmitted> matters) {
        boolean ready;
        lock.lock();
        try {
            this.matters = matters;
            ready = isReady();
            this.listener = ready ? null : listener;
        } finally {
            lock.unlock();
        }
        if (ready) {
            listener.run();
        }
    }

    @Override
    public Optional<SessionEvent> next(Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (read.isEmpty() && !over && failure == null && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            SessionEvent next = read.poll();
            if (next == null) {
                Throwable thrown = failure;
                if (thrown instanceof Error error) {
                    throw error;
                }
                if (thrown instanceof RuntimeException problem) {
                    throw problem;
                }
                return Optional.empty();
            }
            position = next.cursor();
            changed.signalAll();
            return Optional.of(next);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Cursor position() {
        return position;
    }

    @Override
    public boolean ended() {
        lock.lock();
        try {
            return over && read.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        stream.close();
        change(() -> {
            over = true;
            read.clear();
        });
    }
}
