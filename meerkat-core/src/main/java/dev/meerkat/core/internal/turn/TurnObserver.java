package dev.meerkat.core.internal.turn;

import dev.meerkat.api.InputId;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.RuntimeWork;
import dev.meerkat.core.agent.CallReport;
import dev.meerkat.core.internal.runtime.Listeners;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * What is told of one attempt at a turn: to listeners, and as one line in the log. Confined to the loop's thread, but for
 * {@link #toolBegins} and {@link #modelBegins}.
 */
final class TurnObserver {
    private static final Logger TURNS = LoggerFactory.getLogger("dev.meerkat.turns");
    private static final String SESSION = "meerkat.session";
    private static final String NAME = "meerkat.session_name";
    private static final String TURN = "meerkat.turn";

    private final TurnAttempt turn;
    private final SessionState session;
    private final Listeners listeners;
    private Listeners.@Nullable Work work;
    private @Nullable Instant logged;
    private String outcome = "not_stored";
    private @Nullable String code;

    TurnObserver(TurnAttempt turn) {
        this.turn = turn;
        this.session = turn.session;
        this.listeners = turn.kernel.listeners;
    }

    /** The attempt has begun, with these inputs. */
    void started(List<Waiting> batch, Instant now) {
        if (TURNS.isInfoEnabled()) {
            logged = now;
            MDC.put(SESSION, session.id.toString());
            MDC.put(TURN, turn.id().toString());
            session.spec.commsName().ifPresent(name -> MDC.put(NAME, name));
        }
        if (listeners.any()) {
            takenUp(batch, now);
            work = listeners.begin(new RuntimeWork.Attempt(
                    session.id,
                    session.spec.commsName(),
                    turn.id(),
                    turn.record().attempt(),
                    turn.call()));
        }
    }

    private void takenUp(List<Waiting> batch, Instant now) {
        listeners.tell(new RuntimeEvent.TakenUp(
                session.id,
                turn.id(),
                turn.record().attempt(),
                batch.stream().map(Waiting::input).toList(),
                now));
    }

    /** A step in the middle of the turn is stored. */
    void stepped(List<Waiting> steered, Instant begun) {
        if (listeners.any()) {
            listeners.tell(new RuntimeEvent.StepStored(
                    session.id, turn.id(), turn.record().step(), listeners.since(begun)));
            if (!steered.isEmpty()) {
                takenUp(steered, turn.kernel.now());
            }
        }
    }

    CallReport agentBegins() {
        return listeners.any()
                ? report(new RuntimeWork.AgentWork(session.id, session.spec.commsName(), turn.id()))
                : CallReport.NONE;
    }

    CallReport toolBegins(String name, String key) {
        return listeners.any() ? report(new RuntimeWork.ToolWork(session.id, turn.id(), name, key)) : CallReport.NONE;
    }

    CallReport modelBegins(@Nullable String provider, @Nullable String model) {
        return listeners.any()
                ? report(new RuntimeWork.ModelWork(
                        session.id, turn.id(), Optional.ofNullable(provider), Optional.ofNullable(model)))
                : CallReport.NONE;
    }

    private CallReport report(RuntimeWork begun) {
        Listeners.Work call = listeners.begin(begun);
        return (failure, used) -> call.end(failure == null ? "completed" : "failed", failure, used);
    }

    /** The end of the attempt is stored, and its callers hear of it next. */
    void outcome(String how, @Nullable String why) {
        outcome = how;
        code = why;
    }

    void retried(Failure failure, List<InputId> inputs, Duration delay, boolean setAside) {
        outcome = "failed";
        code = failure.code();
        if (listeners.any()) {
            listeners.tell(new RuntimeEvent.Retried(
                    session.id, turn.id(), inputs, turn.record().attempt(), failure.code(), delay, setAside));
            end();
        }
    }

    void deadLettered(Failure failure, List<InputId> inputs) {
        if (listeners.any()) {
            inputs.forEach(input -> listeners.tell(new RuntimeEvent.DeadLettered(
                    session.id, input, turn.record().attempt(), failure.code())));
        }
    }

    /** Nothing more is done in this attempt; tells so if its end was not stored. */
    void end() {
        Listeners.Work open = work;
        if (open != null) {
            work = null;
            open.end(outcome, code, turn.account.used());
        }
        Instant begun = logged;
        if (begun != null) {
            logged = null;
            TURNS.info(
                    "session {}: turn {} {}{}: attempt {}, {} inputs, {} ms",
                    session.label(),
                    turn.id(),
                    outcome,
                    code == null ? "" : " with " + code,
                    turn.record().attempt(),
                    turn.call().size(),
                    listeners.since(begun).toMillis());
            MDC.remove(SESSION);
            MDC.remove(TURN);
            MDC.remove(NAME);
        }
    }

    /** What a failure is called: its stable code, or the class of what was thrown. */
    static String code(Throwable thrown) {
        return thrown instanceof MeerkatException known
                ? known.code()
                : thrown.getClass().getSimpleName();
    }
}
