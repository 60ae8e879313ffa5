package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.testkit.Gate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An orderly stop of the runtime on a store: running turns work until the grace ends, and what is cut costs nothing. */
public abstract class StoreClosingChapter extends StoreSchedulesChapter {
    private static final Duration PATIENCE = ContractChapter.PATIENCE;
    private static final RuntimeLimits.Waits LONG_GRACE =
            new RuntimeLimits.Waits(Duration.ofSeconds(30), Duration.ofSeconds(5), PATIENCE);
    private static final RuntimeLimits.Waits NO_GRACE =
            new RuntimeLimits.Waits(Duration.ofSeconds(30), Duration.ofMillis(200), Duration.ZERO);
    private static final Duration LOOK = Duration.ofMillis(1);
    private static final int DEPLOYS = 4;

    /** For the chapters. */
    StoreClosingChapter() {}

    private Meerkat meerkat(Agent agent, RuntimeLimits.Waits waits) {
        return MeerkatRuntime.of(agent)
                .store(store())
                .limits(RuntimeLimits.defaults().withWaits(waits))
                .retry(RetryPolicy.inPlace(2, Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .open();
    }

    private static Session idle(Meerkat meerkat, String name) throws InterruptedException {
        Session session = meerkat.create(named(name));
        ended(session.initialTurn().orElseThrow());
        return session;
    }

    private static TurnOutcome ended(Turn turn) throws InterruptedException {
        return turn.await(PATIENCE).orElseThrow(() -> new AssertionError("the turn has not ended"));
    }

    /** Begins to close; returns when nothing is admitted any more. */
    private static CompletableFuture<Void> closing(Meerkat meerkat) throws InterruptedException {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        new Thread(() -> {
                    meerkat.close();
                    closed.complete(null);
                })
                .start();
        SessionId any = new SessionId(new UUID(1, 1));
        for (long looks = PATIENCE.dividedBy(LOOK); looks > 0; looks--) {
            try {
                meerkat.open(any);
            } catch (MeerkatClosedException e) {
                return closed;
            } catch (SessionNotFoundException e) {
                pause();
            }
        }
        throw new AssertionError("the runtime does not close");
    }

    /** Between two looks at what nobody tells. */
    private static void pause() throws InterruptedException {
        boolean unused = new CountDownLatch(1).await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Test
    public void aStoreHasOneRuntimeAtATime() {
        Meerkat first = MeerkatRuntime.of(turn -> "ok").store(store()).open();
        try {
            assertThatThrownBy(
                            () -> MeerkatRuntime.of(turn -> "ok").store(store()).open())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(store().describe())
                    .hasMessageContaining("in use by a runtime that was opened by the thread "
                            + Thread.currentThread().getName());
        } finally {
            first.close();
        }

        MeerkatRuntime.of(turn -> "ok").store(store()).open().close();
    }

    @Test
    public void aTurnThatRunsWhileTheRuntimeClosesDoesAllThatItCouldBefore() throws Exception {
        Gate working = Gate.named("working");
        Gate answering = Gate.named("answering");
        Meerkat meerkat = meerkat(
                turn -> {
                    if (Seen.texts(turn.inputs()).contains("work")) {
                        working.pass();
                        return work(turn);
                    } else if (Seen.texts(turn.inputs()).contains("answer")) {
                        answering.pass();
                        return answer(turn);
                    }
                    return "ok";
                },
                LONG_GRACE);
        Session peer = idle(meerkat, "peer");
        Session worker = idle(meerkat, "worker");
        Session answerer = idle(meerkat, "answerer");
        Turn work = worker.startTurn("work");
        working.awaitReached(PATIENCE);
        Turn answer = answerer.startTurn("answer");
        answering.awaitReached(PATIENCE);
        peer.send(PeerMessage.to("worker", "question").withHandlingMode(HandlingMode.STEER));
        peer.request(PeerRequest.to("worker", "sum", Json.NULL).withHandlingMode(HandlingMode.STEER));

        CompletableFuture<Void> closed = closing(meerkat);
        answering.open();
        working.open();

        assertThat(ended(work))
                .isInstanceOfSatisfying(
                        TurnOutcome.Completed.class,
                        end -> assertThat(end.text()).isEqualTo("[question, sum] 1 2"));
        assertThat(ended(answer)).isInstanceOf(TurnOutcome.Completed.class);
        closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        reopenStore();
        try (Meerkat next = meerkat(turn -> "ok", LONG_GRACE)) {
            ended(next.open(peer.id()).startTurn("last"));
            assertThat(Seen.inputs(next.open(peer.id()))).containsOnlyOnce("before", "a reply", "after");
            assertThat(Seen.log(next.open(worker.id()), SessionEvent.TurnFailed.class))
                    .isEmpty();
        }
    }

    /** Does everything that a turn may do. */
    private static String work(TurnContext turn) throws Exception {
        turn.emit("begin");
        assertThat(turn.interrupted()).isFalse();
        assertThat(turn.comms().peers()).hasSize(2);
        assertThat(turn.session().commsName()).contains("worker");
        assertThat(turn.history(0, 10).entries()).isNotEmpty();
        turn.comms().send(PeerMessage.to("peer", "before"));
        List<AdmittedInput> steered = turn.safePoint();
        turn.comms().reply(steered.get(0), "a reply");
        turn.comms().respond(steered.get(1), Json.parse("3"));
        Json tool = turn.tool("look", Json.NULL, key -> Json.parse("1"));
        Reply reply = turn.comms()
                .request(PeerRequest.to("answerer", "more", Json.NULL).withHandlingMode(HandlingMode.STEER));
        PeerReply more = reply.await(PATIENCE).orElseThrow();
        turn.comms().send(PeerMessage.to("peer", "after"));
        return Seen.texts(steered) + " " + tool.text() + " " + more.result().text();
    }

    private static String answer(TurnContext turn) throws Exception {
        for (long looks = PATIENCE.dividedBy(LOOK); looks > 0; looks--) {
            List<AdmittedInput> steered = turn.safePoint();
            if (!steered.isEmpty()) {
                turn.comms().respond(steered.get(0), Json.parse("2"));
                return "ok";
            }
            pause();
        }
        throw new AssertionError("no request came");
    }

    /** How an agent takes it that its runtime closes. */
    private enum Cut {
        INTERRUPTED,
        FAILED,
        SWALLOWED,
        AWAITED,
        REFUSED,
        BROKEN,
        DEAF
    }

    @Test
    public void aTurnThatIsInterruptedAtTheEndOfTheGraceCostsNoAttempt() throws Exception {
        costsNoAttempt(Cut.INTERRUPTED);
    }

    @Test
    public void aTurnThatFailsBecauseItIsInterruptedCostsNoAttempt() throws Exception {
        costsNoAttempt(Cut.FAILED);
    }

    @Test
    public void aTurnThatAnswersBecauseItIsInterruptedCostsNoAttempt() throws Exception {
        costsNoAttempt(Cut.SWALLOWED);
    }

    @Test
    public void aTurnThatWaitsForAReplyAtTheEndOfTheGraceCostsNoAttempt() throws Exception {
        costsNoAttempt(Cut.AWAITED);
    }

    @Test
    public void aTurnThatTheClosingRuntimeRefusesSomethingCostsNoAttempt() throws Exception {
        costsNoAttempt(Cut.REFUSED);
    }

    @Test
    public void aTurnThatFailsDuringTheGraceCostsNoAttempt() throws Exception {
        costsNoAttempt(Cut.BROKEN);
    }

    @Test
    public void aTurnThatDoesNotStopWhenItIsInterruptedCostsNoAttempt() throws Exception {
        costsNoAttempt(Cut.DEAF);
    }

    private void costsNoAttempt(Cut cut) throws Exception {
        SessionId id;
        try (Meerkat meerkat = meerkat(turn -> "ok", LONG_GRACE)) {
            idle(meerkat, "silent");
            Session session = idle(meerkat, "a");
            session.changeKeepAlive(false);
            session.sendExternalEvent(ExternalEvent.genericJson("alert", Json.NULL));
            id = session.id();
        }
        Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
        Gate deaf = Gate.named("deaf");

        for (int i = 0; i < DEPLOYS; i++) {
            reopenStore();
            deploy(cut, id, attempts, deaf);
        }
        deaf.open();
        reopenStore();

        try (Meerkat meerkat = meerkat(turn -> "attempt " + turn.attempt(), LONG_GRACE);
                Watch watch = new Watch(meerkat.open(id))) {
            SessionEvent.InputAdmitted alert = watch.admitted("alert");
            assertThat(watch.completed(alert.input().id()).text()).isEqualTo("attempt 1");
            assertThat(attempts).hasSize(DEPLOYS).containsOnly(1);
            assertThat(Seen.log(meerkat.open(id), SessionEvent.TurnFailed.class))
                    .isEmpty();
        }
    }

    /** Opens the runtime, and closes it while the turn runs. */
    private void deploy(Cut cut, SessionId session, Queue<Integer> attempts, Gate deaf) throws Exception {
        boolean failsInGrace = cut == Cut.REFUSED || cut == Cut.BROKEN;
        Gate gate = Gate.named("cut");
        CompletableFuture<Meerkat> self = new CompletableFuture<>();
        Meerkat meerkat = meerkat(
                turn -> {
                    if (Seen.texts(turn.inputs()).contains("alert")) {
                        attempts.add(turn.attempt());
                        cut(cut, turn, self.get(PATIENCE.toSeconds(), TimeUnit.SECONDS), gate, deaf);
                    }
                    return "ok";
                },
                failsInGrace ? LONG_GRACE : NO_GRACE);
        self.complete(meerkat);
        meerkat.open(session).changeKeepAlive(true);
        gate.awaitReached(PATIENCE);
        CompletableFuture<Void> closed = closing(meerkat);
        gate.open();
        closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void cut(Cut cut, TurnContext turn, Meerkat runtime, Gate gate, Gate deaf) throws Exception {
        Gate never = Gate.named("never");
        if (cut == Cut.REFUSED || cut == Cut.BROKEN) {
            gate.pass();
            if (cut == Cut.REFUSED) {
                runtime.create(SessionSpec.ofPrompt("too late"));
            }
            throw new IOException("the connection was closed");
        }
        gate.open();
        gate.pass();
        switch (cut) {
            case AWAITED ->
                turn.comms().request(PeerRequest.to("silent", "sum", Json.NULL)).await(PATIENCE);
            case FAILED -> {
                try {
                    never.pass();
                } catch (InterruptedException e) {
                    throw new IOException("the connection was closed", e);
                }
            }
            case SWALLOWED -> {
                try {
                    never.pass();
                } catch (InterruptedException e) {
                    turn.emit("that is all");
                }
            }
            case DEAF -> {
                boolean passed = false;
                while (!passed) {
                    try {
                        deaf.pass();
                        passed = true;
                    } catch (InterruptedException e) {
                        turn.emit("not now");
                    }
                }
            }
            default -> never.pass();
        }
    }
}
