package dev.meerkat.core.internal.turn;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.agent.CallReport;
import dev.meerkat.core.agent.ParkSessionException;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.Commits;
import dev.meerkat.core.internal.session.Peers;
import dev.meerkat.core.internal.session.Retries;
import dev.meerkat.core.internal.session.RunningTurn;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.internal.session.Step;
import dev.meerkat.core.internal.session.StopSignal;
import dev.meerkat.core.internal.session.StoreFault;
import dev.meerkat.core.internal.session.TurnCallers;
import dev.meerkat.core.internal.session.TurnRunner;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.RetryQueue;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs the turns of one session: takes up inputs, calls the agent, and commits steps until the turn ends. Confined to
 * the loop's thread; what other threads may do to a turn goes through its {@link RunningTurn}.
 */
public final class TurnRun implements TurnRunner {
    private static final int CRASHES_BORNE = 10;

    private final SessionState session;
    private final Kernel kernel;
    private final Commits commits;
    private final Peers peers;

    public TurnRun(SessionState session, Commits commits, Peers peers) {
        this.session = session;
        this.kernel = session.kernel;
        this.commits = commits;
        this.peers = peers;
    }

    @Override
    public void goOn() {
        run(Objects.requireNonNull(session.progress().turn()), this::goOn);
    }

    @Override
    public void again() {
        Optional<RetryQueue> queue = kernel.store.retries(session.id);
        if (queue.isEmpty()) {
            session.failedChanged();
            return;
        }
        again(queue.get().first().turn());
    }

    @Override
    public void again(TurnRecord due) {
        TurnRecord record = due.withAttempt(due.attempt() + 1)
                .withStaged(session.progress().consumed())
                .withNotBefore(null);
        run(record, turn -> {
            turn.started(turn.readEarlier());
            return true;
        });
    }

    @Override
    public void next() {
        List<Waiting> all = Batch.forTurn(session);
        if (all.isEmpty()) {
            endSolo();
            return;
        }
        Instant now = kernel.now();
        // Those that are handled one by one are from a turn that failed, which had taken them up.
        boolean takenUp = session.progress().soloUpTo() != null;
        List<Waiting> expired = takenUp ? List.of() : Expiry.ofFirst(all, now);
        if (!expired.isEmpty()) {
            expire(expired);
            return;
        }
        List<Waiting> batch = takenUp ? all : Expiry.upTo(all, now);
        Marks marks = Batch.marks(session.progress().consumed(), batch);
        TurnId id = new TurnId(kernel.env.ids().next());
        TurnRecord record = new TurnRecord(id, 1, 0, session.messageCount(), marks, null);
        run(new TurnAttempt(session, commits, peers, record, List.of()), turn -> {
            turn.started(batch);
            return true;
        });
    }

    /** No turn gets these. */
    private void expire(List<Waiting> expired) {
        SessionProgress progress = session.progress();
        Marks marks = Batch.marks(progress.consumed(), expired);
        commits.step(
                Expiry.step(expired, kernel.now()),
                entries -> new SessionProgress(marks, null, progress.soloUpTo(), progress.spent(), progress.parked()));
    }

    /** Nothing is left of the inputs that were to be handled one by one. */
    private void endSolo() {
        SessionProgress progress = session.progress();
        if (progress.soloUpTo() == null) {
            throw new StoreFault("inputs are counted as waiting that the store does not have", null);
        }
        commits.step(new Step(), entries -> progress.withoutTurn());
    }

    private interface Start {
        /** Commits the start; false if the turn ended there. */
        boolean start(TurnAttempt turn);
    }

    private void run(TurnRecord record, Start start) {
        List<FailedInput> failed = Retries.ofTurn(kernel, session.id, record.id());
        run(new TurnAttempt(session, commits, peers, record, failed), start);
    }

    private void run(TurnAttempt turn, Start start) {
        StopSignal signal = turn.running.signal();
        session.begin(turn.running);
        Runnable unlimit = kernel.limitTurn(session.spec.turnLength(), () -> signal.stop(StopSignal.Way.OVERDUE));
        try {
            if (start.start(turn)) {
                rounds(turn);
            }
        } catch (StoreFault e) {
            TurnCallers.tell(kernel, turn.prompts(), e);
            throw e;
        } finally {
            unlimit.run();
            session.end(turn.running);
            turn.observer.end();
            if (!turn.failedBefore().isEmpty()) {
                session.failedChanged();
            }
            signal.ended();
        }
    }

    /** Goes on from the last committed step: after a failed attempt, a restart or a crash. */
    private boolean goOn(TurnAttempt turn) {
        boolean crashed = turn.record().notBefore() == null;
        turn.resume(crashed ? turn.record().attempt() + 1 : turn.record().attempt());
        List<Waiting> batch = turn.readEarlier();
        batch.addAll(Batch.staged(session, turn.record().staged()));
        if (crashed && crashedTooOften(turn, batch)) {
            return false;
        }
        turn.started(batch);
        return true;
    }

    /**
     * The end of a process says little of the inputs, so more of it is borne than of failures; but an
     * input that ends the process each time must not do so for ever.
     */
    private boolean crashedTooOften(TurnAttempt turn, List<Waiting> batch) {
        boolean several = batch.size() > 1 && turn.record().step() == 0;
        int attempts = kernel.retry.otherFailures().attempts();
        List<FailedInput> failed = turn.failedBefore();
        int crashes = turn.record().attempt()
                - 1
                - (failed.isEmpty() ? 0 : failed.get(0).turn().attempt());
        if (crashes < (several ? attempts : attempts + CRASHES_BORNE)) {
            return false;
        }
        turn.fails(batch);
        TurnEnd end = new TurnEnd(turn);
        Failure failure = new Failure(
                "agent_crashed",
                "the process ended during each of the last " + crashes + " attempts",
                Failure.Nature.UNTOLD,
                Duration.ZERO);
        if (several) {
            end.split(failure);
        } else {
            end.givenUp(failure);
        }
        return true;
    }

    private void rounds(TurnAttempt turn) {
        StopSignal signal = turn.running.signal();
        if (signal.stopped()) {
            end(turn, "", null);
            return;
        }
        while (true) {
            String answer = "";
            Throwable failure = null;
            try {
                answer = callAgent(turn);
            } catch (Throwable e) { // whatever an agent throws fails its turn, and nothing else
                failure = e;
            }
            StoreFault fault = turn.fault();
            if (fault != null) {
                throw fault;
            }
            if (!signal.stopped() && (signal.suspended() || (failure != null && !kernel.activity.open()))) {
                new TurnEnd(turn).putAside(failure);
                return;
            }
            if (failure instanceof ParkSessionException reason && signal.finish() == null) {
                new TurnEnd(turn).parked(reason);
                return;
            }
            if (failure == null && !signal.stopped()) {
                List<Waiting> steered = Batch.steered(session, turn.record().staged());
                if (!steered.isEmpty()) {
                    turn.oneMoreRound(answer, steered);
                    continue;
                }
            }
            end(turn, answer, failure);
            return;
        }
    }

    private void end(TurnAttempt turn, String answer, @Nullable Throwable failure) {
        StopSignal.Way stopped = turn.running.signal().finish();
        if (stopped == StopSignal.Way.OVERDUE) {
            new TurnEnd(turn).failed(overdue(failure));
        } else if (stopped != null) {
            String text = answer.isEmpty() ? turn.written() : answer;
            new TurnEnd(turn).stopped(stopped, text);
        } else if (failure != null) {
            new TurnEnd(turn).failed(failure);
        } else {
            new TurnEnd(turn).completed(answer);
        }
    }

    private FailedException overdue(@Nullable Throwable failure) {
        String length = session.spec
                .turnLength()
                .or(() -> kernel.limits.turns().length())
                .orElseThrow()
                .toString();
        return new FailedException(Failure.OVERDUE, "the turn did not end within " + length, failure);
    }

    private String callAgent(TurnAttempt turn) throws Exception {
        StopSignal signal = turn.running.signal();
        TurnView view = new TurnView(turn);
        turn.beginCall();
        CallReport report = turn.observer.agentBegins();
        @Nullable String failure = null;
        signal.enterAgent();
        try {
            @Nullable String answer = kernel.agent.answer(view);
            if (answer == null) {
                throw new IllegalStateException("the agent answered null");
            }
            return answer;
        } catch (Throwable e) {
            failure = TurnObserver.code(e);
            throw e;
        } finally {
            signal.leaveAgent();
            view.end();
            report.end(failure, null);
        }
    }
}
