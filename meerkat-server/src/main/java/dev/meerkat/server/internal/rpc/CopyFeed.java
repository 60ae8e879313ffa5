package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Copies of a session's events, {@code session/event}. It also holds the answers of runs until the events up to the
 * run's end are written: clients stop listening to a run when they have its answer.
 */
final class CopyFeed extends Feed {
    private static final Duration HELD = Duration.ofSeconds(5);
    private static final int RUNS = 64;
    private static final byte[] NOTHING = new byte[0];

    private final String session;
    private final ContractLine line;
    private final SendQueue outbox;
    private final Workers workers;
    private final Consumer<CopyFeed> onEnd;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Held> held = new ArrayList<>();
    private final Set<String> told = new LinkedHashSet<>();
    private boolean over;

    CopyFeed(String session, ContractLine line, SendQueue outbox, Workers workers, Consumer<CopyFeed> onEnd) {
        super(outbox);
        this.session = session;
        this.line = line;
        this.outbox = outbox;
        this.workers = workers;
        this.onEnd = onEnd;
    }

    /** Several calls may begin one run. */
    private record Held(String run, Runnable answer, ScheduledFuture<?> timer) {
        void release() {
            timer.cancel(false);
            answer.run();
        }
    }

    @Override
    public boolean offer(WireEvent event) {
        ObjectNode params = WireJson.object();
        params.put("session_id", session);
        return offer(
                event,
                "session/event",
                params,
                line.hasOldEvents() ? () -> WireJson.write(flattened(event.envelope())) : event::json,
                () -> event.endOfRun().ifPresent(this::told));
    }

    /** The Python clients of those lines look for the payload's fields beside the envelope's; others pass over them. */
    private static ObjectNode flattened(ObjectNode envelope) {
        ObjectNode flat = envelope.deepCopy();
        envelope.path("payload").properties().forEach(field -> flat.set(field.getKey(), field.getValue()));
        return flat;
    }

    @Override
    public void ended(@Nullable WireFault error) {
        onEnd.accept(this);
        end();
    }

    /** What comes now is not told; the answers go when what has come is written. */
    void end() {
        outbox.last(NOTHING, this::releaseAll);
    }

    /** Gives an answer when the events up to its run's end are written, or after five seconds. */
    void hold(String run, Runnable answer) {
        boolean now;
        lock.lock();
        try {
            now = over || told.contains(run);
            if (!now) {
                held.add(new Held(run, answer, workers.schedule(() -> release(run), HELD)));
            }
        } catch (RejectedExecutionException e) {
            now = true;
        } finally {
            lock.unlock();
        }
        if (now) {
            answer.run();
        }
    }

    private void told(String run) {
        lock.lock();
        try {
            if (told.add(run) && told.size() > RUNS) {
                told.remove(told.iterator().next());
            }
        } finally {
            lock.unlock();
        }
        release(run);
    }

    private void release(String run) {
        release(one -> one.run().equals(run));
    }

    private void release(Predicate<Held> which) {
        List<Held> free;
        lock.lock();
        try {
            free = held.stream().filter(which).toList();
            held.removeAll(free);
        } finally {
            lock.unlock();
        }
        free.forEach(Held::release);
    }

    private void releaseAll() {
        lock.lock();
        try {
            over = true;
        } finally {
            lock.unlock();
        }
        release(one -> true);
    }
}
