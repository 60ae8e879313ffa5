package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.agent.Agent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Running turns are bounded, on every Java version, and in length. The number of sessions is {@code
 * -Dmeerkat.sessions=N}.
 */
class ManyTurnsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int SESSIONS = Integer.getInteger("meerkat.sessions", 200);
    private static final int RUNNING = 8;

    private static Meerkat meerkat(Agent agent, RuntimeLimits.Turns turns) {
        return MeerkatRuntime.of(agent)
                .limits(RuntimeLimits.defaults().withTurns(turns))
                .retry(RetryPolicy.none())
                .open();
    }

    private static TurnOutcome ended(Turn turn) throws InterruptedException {
        return turn.await(PATIENCE).orElseThrow(() -> new AssertionError("the turn has not ended"));
    }

    @Test
    void moreSessionsThanMayRunAreAllAnsweredWhileNoMoreThanTheBoundRun() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Semaphore full = new Semaphore(0);
        Semaphore pass = new Semaphore(0);
        Agent agent = turn -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            full.release();
            try {
                pass.acquire();
            } finally {
                running.decrementAndGet();
            }
            return "ok";
        };
        try (Meerkat meerkat = meerkat(agent, new RuntimeLimits.Turns(RUNNING, 1, Optional.empty()))) {
            List<Turn> turns = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                turns.add(meerkat.create(SessionSpec.ofPrompt("work"))
                        .initialTurn()
                        .orElseThrow());
            }
            assertThat(full.tryAcquire(RUNNING, PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            pass.release(SESSIONS);

            for (Turn turn : turns) {
                assertThat(ended(turn)).isInstanceOf(TurnOutcome.Completed.class);
            }
        }
        assertThat(most).hasValue(RUNNING);
    }

    @Test
    void aTurnThatWaitsForAReplyGivesItsPlaceToTheOneThatReplies() throws Exception {
        Agent agent = turn -> {
            var input = turn.inputs().get(0);
            if (turn.session().commsName().orElseThrow().equals("last")) {
                if (input.body() instanceof InputBody.PeerRequest) {
                    turn.comms().respond(input, Json.parse("1"));
                }
                return "ok";
            }
            int number = Integer.parseInt(turn.session().commsName().orElseThrow());
            if (input.body() instanceof InputBody.Prompt prompt
                    && !prompt.text().equals("go")) {
                return "ok";
            }
            String next = number == 5 ? "last" : Integer.toString(number + 1);
            Json reply = turn.comms()
                    .request(PeerRequest.to(next, "sum", Json.NULL))
                    .await(PATIENCE)
                    .orElseThrow()
                    .result();
            if (input.body() instanceof InputBody.PeerRequest) {
                turn.comms().respond(input, reply);
            }
            return reply.text();
        };
        try (Meerkat meerkat = meerkat(agent, new RuntimeLimits.Turns(1, 8, Optional.empty()))) {
            List<Session> sessions = new ArrayList<>();
            for (String name : List.of("0", "1", "2", "3", "4", "5", "last")) {
                sessions.add(
                        meerkat.create(SessionSpec.ofPrompt("you are " + name).withKeepAliveAs(name)));
                ended(sessions.get(sessions.size() - 1).initialTurn().orElseThrow());
            }

            assertThat(ended(sessions.get(0).startTurn("go")))
                    .isInstanceOfSatisfying(
                            TurnOutcome.Completed.class,
                            end -> assertThat(end.text()).isEqualTo("1"));
        }
    }

    @Test
    void aTurnThatLastsTooLongFails() throws Exception {
        Agent agent = turn -> {
            Gate.named("never").pass();
            return "never said";
        };
        RuntimeLimits.Turns turns = new RuntimeLimits.Turns(1, 1, Optional.of(Duration.ofMillis(100)));
        try (Meerkat meerkat = meerkat(agent, turns)) {
            Turn turn =
                    meerkat.create(SessionSpec.ofPrompt("work")).initialTurn().orElseThrow();

            assertThat(ended(turn))
                    .isInstanceOfSatisfying(
                            TurnOutcome.Failed.class,
                            end -> assertThat(end.code()).isEqualTo("turn_overdue"));
        }
    }
}
