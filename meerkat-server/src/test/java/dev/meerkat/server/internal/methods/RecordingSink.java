package dev.meerkat.server.internal.methods;

import dev.meerkat.server.internal.calls.EventSink;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps what a tap tells, as long as it has room, and fails on two threads at once. */
final class RecordingSink implements EventSink {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger inside = new AtomicInteger();
    private final List<WireEvent> events = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private int room;
    private int refused;
    private int ends;
    private @Nullable WireFault error;

    RecordingSink(int room) {
        this.room = room;
    }

    static RecordingSink open() {
        return new RecordingSink(Integer.MAX_VALUE);
    }

    @Override
    public boolean offer(WireEvent event) {
        enter("offer");
        lock.lock();
        try {
            if (ends > 0) {
                wrong.add("told " + event.type() + " after the end");
            }
            if (room == 0) {
                refused++;
                changed.signalAll();
                return false;
            }
            room--;
            events.add(event);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
            inside.decrementAndGet();
        }
    }

    @Override
    public void ended(@Nullable WireFault fault) {
        enter("ended");
        lock.lock();
        try {
            ends++;
            error = fault;
            changed.signalAll();
        } finally {
            lock.unlock();
            inside.decrementAndGet();
        }
    }

    private void enter(String call) {
        if (inside.incrementAndGet() != 1) {
            lock.lock();
            try {
                wrong.add("two threads at once in " + call);
            } finally {
                lock.unlock();
            }
        }
    }

    void makeRoom(int more) {
        lock.lock();
        try {
            room += more;
        } finally {
            lock.unlock();
        }
    }

    List<WireEvent> events() {
        lock.lock();
        try {
            if (!wrong.isEmpty()) {
                throw new AssertionError(wrong);
            }
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    List<WireEvent> logged() {
        return events().stream().filter(WireEvent::logged).toList();
    }

    List<String> types() {
        return events().stream().map(WireEvent::type).toList();
    }

    /** Waits for an event; returns all up to now. */
    List<WireEvent> await(Predicate<WireEvent> wanted) throws InterruptedException {
        await(() -> events.stream().anyMatch(wanted), "event");
        return events();
    }

    List<WireEvent> awaitCount(int count) throws InterruptedException {
        await(() -> events.size() >= count, count + " events");
        return events();
    }

    void awaitRefusal() throws InterruptedException {
        await(() -> refused > 0, "refusal");
        lock.lock();
        try {
            refused = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end, which must come once. */
    @Nullable
    WireFault awaitEnd() throws InterruptedException {
        await(() -> ends > 0, "end");
        lock.lock();
        try {
            if (ends != 1) {
                throw new AssertionError("ended " + ends + " times");
            }
            return error;
        } finally {
            lock.unlock();
        }
    }

    private interface State {
        boolean holds();
    }

    private void await(State condition, String what) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = PATIENCE.toNanos();
            while (!condition.holds()) {
                if (nanos <= 0) {
                    throw new AssertionError("no " + what + " came; told was " + events);
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
