package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Tells the events of a session to the hosts that wait for one of its turns, one host after the other: the next event when
 * the last is written. The answer of the turn follows its last event. Thread-safe.
 */
final class Narration extends TapSubscription {
    /** An answer waits no longer for a host that does not read. */
    private static final Duration HELD = Duration.ofSeconds(5);

    private static final int RUNS = 64;

    private final String session;
    private final Workers workers;
    private final Set<String> told = new LinkedHashSet<>();
    /** Who hears; null while nobody does. */
    private @Nullable Telling telling;
    /** Whether the first event of a turn is on its way, which its host is to hear. */
    private boolean beginning;

    private boolean sending;
    private boolean refused;
    private boolean pausing;
    private @Nullable String awaited;
    private @Nullable Runnable answer;
    private @Nullable Future<?> timer;

    /**
     * Tells events.
     *
     * @param beginning whether a turn is about to begin
     */
    Narration(SessionId session, Telling telling, Workers workers, boolean beginning) {
        this.session = session.toString();
        this.telling = telling;
        this.workers = workers;
        this.beginning = beginning;
    }

    @Override
    public boolean offer(WireEvent event) {
        Telling host;
        synchronized (this) {
            host = sending ? null : telling;
            if (host == null) {
                refused = true;
                return false;
            }
            sending = true;
        }
        ObjectNode data = WireJson.object().put("source", "meerkat").put("session_id", session);
        data.set("event", event.envelope());
        CompletionStage<?> end = host.tell(data).toFuture();
        end.whenComplete((none, failure) -> sent(event, failure == null));
        return true;
    }

    private void sent(WireEvent event, boolean written) {
        boolean free;
        synchronized (this) {
            sending = false;
            if (written) {
                beginning = false;
                event.endOfRun().ifPresent(this::remember);
            }
            if (pausing || !written) {
                telling = null;
            }
            free = telling == null || (awaited != null && told.contains(awaited));
        }
        more();
        if (free) {
            release();
        }
    }

    /** Takes what was refused, if somebody hears. */
    private void more() {
        boolean more;
        synchronized (this) {
            more = refused && !sending && telling != null;
            if (more) {
                refused = false;
            }
        }
        if (more) {
            resume();
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

    /** Gives an answer when the event on its way is written, or after five seconds; then nobody hears. */
    void pause(Runnable given) {
        boolean now;
        synchronized (this) {
            pausing = true;
            answer = given;
            now = isOver() || !(sending || beginning);
        }
        if (now || !alarm()) {
            release();
        }
    }

    /** Another host hears from now on. */
    void goOn(Telling host) {
        synchronized (this) {
            telling = host;
            pausing = false;
        }
        more();
    }

    /** Gives an answer when the events up to its run's end are written, or after five seconds. */
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
            if (pausing) {
                telling = null;
            }
        }
        if (set != null) {
            set.cancel(false);
        }
        if (free != null) {
            free.run();
        }
    }
}
