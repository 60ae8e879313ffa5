package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.AnswerAfterRun;
import dev.meerkat.server.internal.calls.SubscribedSink;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Tells the events of a session to the hosts that wait for one of its turns, one host after the other: the next event when
 * the last is written. The answer of the turn follows its last event. Thread-safe.
 */
final class Narration extends SubscribedSink {
    /** In place of a run: an answer that waits for the event that is on its way. */
    private static final String PAUSE = "";

    private final String session;
    private final AnswerAfterRun answers;
    /** Who hears; null while nobody does. */
    private HostCall.@Nullable Notifier notifier;
    /** Whether the first event of a turn is on its way, which its host is to hear. */
    private boolean beginning;

    private boolean sending;
    private boolean refused;
    private boolean pausing;

    /**
     * Tells events.
     *
     * @param beginning whether a turn is about to begin
     */
    Narration(SessionId session, HostCall.Notifier notifier, Workers workers, boolean beginning) {
        this.session = session.toString();
        this.notifier = notifier;
        this.answers = new AnswerAfterRun(workers);
        this.beginning = beginning;
    }

    @Override
    public boolean offer(WireEvent event) {
        HostCall.Notifier host;
        synchronized (this) {
            host = sending ? null : notifier;
            if (host == null) {
                refused = true;
                return false;
            }
            sending = true;
        }
        ObjectNode data = WireJson.object().put("source", "meerkat").put("session_id", session);
        data.set("event", event.envelope());
        CompletionStage<?> end = host.tell(data);
        end.whenComplete((none, failure) -> sent(event, failure == null));
        return true;
    }

    private void sent(WireEvent event, boolean written) {
        boolean gone;
        synchronized (this) {
            sending = false;
            beginning &= !written;
            if (pausing || !written) {
                notifier = null;
            }
            gone = notifier == null;
        }
        more();
        if (written) {
            event.endOfRun().ifPresent(answers::ended);
        }
        if (gone) {
            answers.release();
        }
    }

    /** Takes what was refused, if somebody hears. */
    private void more() {
        boolean more;
        synchronized (this) {
            more = refused && !sending && notifier != null;
            if (more) {
                refused = false;
            }
        }
        if (more) {
            resume();
        }
    }

    @Override
    public void ended(@Nullable WireFault error) {
        over();
        answers.close();
    }

    /** Gives an answer when the event on its way is written, or after five seconds; then nobody hears. */
    void pause(Runnable given) {
        boolean now;
        synchronized (this) {
            pausing = true;
            now = isOver() || !(sending || beginning);
        }
        Runnable last = () -> {
            mute();
            given.run();
        };
        if (now) {
            last.run();
        } else {
            answers.hold(PAUSE, last);
        }
    }

    private synchronized void mute() {
        if (pausing) {
            notifier = null;
        }
    }

    /** Another host hears from now on. */
    void goOn(HostCall.Notifier host) {
        synchronized (this) {
            notifier = host;
            pausing = false;
        }
        more();
    }

    /** Gives an answer when the events up to its run's end are written, or after five seconds. */
    void afterEventsOf(String run, Runnable given) {
        if (isOver()) {
            given.run();
        } else {
            answers.hold(run, given);
        }
    }
}
