package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.testkit.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What the chapters of the contract share: one fixture per test, and the few steps that most tests
 * begin with.
 *
 * <p>An implementation runs a chapter by extending it and supplying {@link #open}. All waits are
 * bounded; none of them is a pause.
 */
public abstract class ContractChapter {
    /** Asserts the refusal instead of running a test whose capability is lacking. */
    @RegisterExtension
    public static final Extension CAPABILITIES = new LackingCapability();

    /** The guard against hanging; no test that passes waits this long. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Gate> gates = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private MeerkatFixture fixture;

    /** For subclasses. */
    protected ContractChapter() {}

    /**
     * Opens what is to be tested.
     *
     * @return a fixture for one test, which closes it
     * @throws Exception if it cannot be opened
     */
    protected abstract MeerkatFixture open() throws Exception;

    /**
     * Opens the fixture.
     *
     * @throws Exception if that fails
     */
    @BeforeEach
    public final void openFixture() throws Exception {
        fixture = open();
    }

    /**
     * Lets all held agents go, then closes the fixture.
     *
     * @throws Exception if that fails
     */
    @AfterEach
    public final void closeFixture() throws Exception {
        gates.forEach(Gate::open);
        watches.forEach(Watch::close);
        threads.shutdownNow();
        fixture.close();
    }

    final MeerkatFixture fixture() {
        return fixture;
    }

    final Meerkat meerkat() {
        return fixture.meerkat();
    }

    /** A point at which an agent can be held; opened at the latest when the test ends. */
    final Gate gate() {
        Gate gate = Gate.named("contract");
        gates.add(gate);
        return gate;
    }

    /** Watches a session from the start of its log. */
    final Watch watch(Session session) throws InterruptedException {
        Watch watch = new Watch(session);
        watches.add(watch);
        return watch;
    }

    /** Runs what waits on a thread of its own. */
    final <T> Future<T> async(Callable<T> work) {
        return threads.submit(work);
    }

    /** A session whose first turn has ended. */
    final Session idle(SessionSpec spec) throws InterruptedException {
        Session session = meerkat().create(spec);
        completed(session.initialTurn().orElseThrow());
        return session;
    }

    /** A keep-alive session whose first turn has ended. */
    final Session idle(String name) throws InterruptedException {
        return idle(SessionSpec.prompt("You are " + name + ".").keepAlive(name));
    }

    /** The same session, in the Meerkat that is open now. */
    final Session again(Session session) throws InterruptedException {
        return meerkat().open(session.id());
    }

    /** Waits for the answer of a turn. */
    final TurnOutcome.Completed completed(Turn turn) throws InterruptedException {
        TurnOutcome outcome = ended(turn);
        assertThat(outcome).isInstanceOf(TurnOutcome.Completed.class);
        return (TurnOutcome.Completed) outcome;
    }

    /** Waits for the end of a turn. */
    final TurnOutcome ended(Turn turn) throws InterruptedException {
        return turn.await(PATIENCE).orElseThrow(() -> new AssertionError("the turn has not ended"));
    }

    /** Sends an input to a keep-alive session and waits for the answer of the turn that took it up. */
    final String handled(Session session, String body) throws InterruptedException {
        return watch(session)
                .completed(session.send(CommsCommand.Input.of(body)).inputId())
                .text();
    }

    /**
     * Starts a turn that has consumed its prompt {@code hold} and goes no further until the gate
     * opens. Every other call of the agent answers with the texts of its inputs.
     */
    final Gate hold(Session session) throws InterruptedException {
        Gate gate = gate();
        fixture.agent(turn -> answerOrHold(turn, gate));
        session.startTurn("hold");
        gate.awaitReached(PATIENCE);
        return gate;
    }

    private static String answerOrHold(TurnContext turn, Gate gate) throws Exception {
        if (!Seen.texts(turn.inputs()).contains("hold")) {
            return Seen.ECHO.answer(turn);
        }
        if (turn.step() == 0) {
            turn.safePoint();
        }
        gate.pass();
        return "held";
    }
}
