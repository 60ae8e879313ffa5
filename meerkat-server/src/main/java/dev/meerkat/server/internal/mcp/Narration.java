package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.Calls;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.WireFault;
import dev.meerkat.server.internal.calls.Workers;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Tells a host the events of a session while it waits for a turn: the next when the last is written. The answer of the
 * turn follows its last event. Thread-safe.
 */
final class Narration extends Watch {
    /** An answer waits no longer for a host that does not read. */
    private static final Duration HELD = Duration.ofSeconds(5);

    private static final int RUNS = 64;

    private final String session;
    private final Telling telling;
    private final Workers workers;
    private final Set<String> told = new LinkedHashSet<>();
    /** Up to which sequence all is told, or {@link Calls#LIVE}. */
    private long position;
    /** Whether an event of a turn is on its way that the host is to hear first. */
    private boolean beginning;

    private boolean sending;
    private boolean refused;
    private boolean stopping;
    private @Nullable String awaited;
    private @Nullable Runnable answer;
    private @Nullable Future<?> timer;

    /**
     * Tells events.
     *
     * @param after the sequence after which it begins, or {@link Calls#LIVE}
     * @param beginning whether a turn is about to begin
     */
    Narration(SessionId session, Telling telling, Workers workers, long after, boolean beginning) {
        this.session = session.toString();
        this.telling = telling;
        this.workers = workers;
        this.position = after;
        this.beginning = beginning;
    }

    @Override
    public boolean offer(WireEvent event) {
        synchronized (this) {
            if (isOver()) {
                return true;
            }
            if (sending) {
                refused = true;
                return false;
            }
            sending = true;
        }
        ObjectNode data = WireJson.object().put("source", "meerkat").put("session_id", session);
        data.set("event", event.envelope());
        Disposable unused =
                telling.tell(data).subscribe(none -> {}, failure -> sent(event, false), () -> sent(event, true));
        return true;
    }

    private void sent(WireEvent event, boolean written) {
        boolean last;
        boolean more;
        boolean free;
        synchronized (this) {
            sending = false;
            more = refused;
            refused = false;
            if (written) {
                position = event.sequence();
                beginning = false;
                event.endOfRun().ifPresent(this::remember);
            }
            last = !written || stopping;
            if (last) {
                end();
            }
            free = last || (awaited != null && told.contains(awaited));
        }
        if (last) {
            closeTap();
        } else if (more) {
            resume();
        }
        if (free) {
            release();
        }
    }

    private void remember(String run) {
        if (told.add(run) && told.size() > RUNS) {
            told.remove(told.iterator().next());
        }
    }

    @Override
    public void ended(@Nullable WireFault error) {
        end();
        release();
    }

    /** Up to which sequence all is told, or {@link Calls#LIVE}. */
    synchronized long position() {
        return position;
    }

    /**
     * Gives an answer when the event on its way is written, or after five seconds; what follows is for the next. Called
     * once.
     */
    void beforeMore(Runnable given) {
        boolean now;
        synchronized (this) {
            stopping = true;
            answer = given;
            now = isOver() || !(sending || beginning);
            if (now) {
                end();
            }
        }
        if (now || !alarm()) {
            release();
        }
    }

    /** Gives an answer when the events up to its run's end are written, or after five seconds. Called once. */
    void afterEventsOf(String run, Runnable given) {
        boolean now;
        synchronized (this) {
            now = isOver() || told.contains(run);
            awaited = run;
            answer = given;
        }
        if (now || !alarm()) {
            release();
        }
    }

    private boolean alarm() {
        try {
            Future<?> set = workers.schedule(this::release, HELD);
            synchronized (this) {
                timer = set;
            }
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void release() {
        Runnable free;
        Future<?> set;
        synchronized (this) {
            free = answer;
            answer = null;
            set = timer;
        }
        if (set != null) {
            set.cancel(false);
        }
        if (free != null) {
            free.run();
        }
    }
}
