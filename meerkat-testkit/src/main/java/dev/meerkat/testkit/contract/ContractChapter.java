package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.testkit.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
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

    /** As {@link Seen#PATIENCE}. */
    static final Duration PATIENCE = Seen.PATIENCE;

    /** Between two looks at what is not told. */
    private static final Duration LOOK = Duration.ofMillis(100);

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

    /** Whether the fixture can show this. */
    final boolean told(Detail detail) {
        return !fixture.untold().contains(detail);
    }

    /** Skips the test, visibly, if the fixture cannot show this. */
    final void needs(Detail detail) {
        Assumptions.assumeTrue(told(detail), detail::otherwise);
    }

    final boolean lacks(Capability capability) {
        return fixture.lacking().contains(capability);
    }

    /** A point at which an agent can be held; opened at the latest when the test ends. */
    final Gate gate() {
        Gate gate = Gate.named("contract");
        gates.add(gate);
        return gate;
    }

    /** Watches a session from the start of its log. */
    final Watch watch(Session session) throws InterruptedException {
        needs(Detail.INPUT_EVENTS);
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
        return idle(SessionSpec.ofPrompt("You are " + name + ".").withKeepAliveAs(name));
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
        return handled(session, CommsCommand.Input.of(body));
    }

    /** Sends an input to a keep-alive session and waits for the answer of the turn that took it up. */
    final String handled(Session session, CommsCommand.Input input) throws InterruptedException {
        if (told(Detail.INPUT_EVENTS)) {
            return watch(session).completed(session.send(input).inputId()).text();
        }
        // Nothing else happens in the session, so the next answer is that to the input.
        long before = answers(session);
        try (EventStream stream = session.eventsFromNow()) {
            session.send(input);
            SessionEvent event;
            do {
                event = stream.next(PATIENCE).orElseThrow(() -> new AssertionError("the input is not answered"));
            } while (!(event instanceof SessionEvent.TurnCompleted));
            awaitAnswers(session, before + 1, stream);
            return ((SessionEvent.TurnCompleted) event).text();
        }
    }

    /** As {@link #handled}, with as much as a message may hold. */
    final String whole(Session session, String body) throws InterruptedException {
        needs(Detail.WHOLE_MESSAGES);
        return handled(session, body);
    }

    /** Waits, where that is needed, until the transcript has so many answers. */
    private void awaitAnswers(Session session, long answers, EventStream events) throws InterruptedException {
        for (long looks = PATIENCE.dividedBy(LOOK); !told(Detail.TRANSCRIPT_FIRST) && looks > 0; looks--) {
            if (answers(session) >= answers) {
                return;
            }
            Optional<SessionEvent> unused = events.next(LOOK);
        }
        assertThat(told(Detail.TRANSCRIPT_FIRST) || answers(session) >= answers)
                .as("the transcript has the answer to the input")
                .isTrue();
    }

    private static long answers(Session session) throws InterruptedException {
        return Seen.transcript(session).stream()
                .filter(TranscriptEntry.Answer.class::isInstance)
                .count();
    }

    /** How many events of a type the log has, where there is one. */
    final void assertLogged(Session session, Class<? extends SessionEvent> type, int times)
            throws InterruptedException {
        if (!lacks(Capability.EVENT_REPLAY)) {
            assertThat(Seen.log(session, type)).hasSize(times);
        }
    }

    /** Lets the agent answer with the texts of what it is given, if that can be set. */
    final void echo() {
        if (told(Detail.SCRIPTED_AGENT)) {
            fixture.agent(Seen.ECHO);
        }
    }

    /** What the agent answers to these texts since {@link #echo}. */
    final String echoed(String texts) {
        return told(Detail.SCRIPTED_AGENT) ? texts : "ok";
    }

    /** How many entries a transcript has before anything is said. */
    final int ownEntries() {
        return told(Detail.BARE_TRANSCRIPT) ? 0 : 1;
    }

    /** Starts a turn and, where only the server can refuse it, waits for what the server says. */
    final void start(Session session, String prompt) throws InterruptedException {
        Turn turn = session.startTurn(prompt);
        if (!told(Detail.PROMPT_IDS)) {
            turn.await(PATIENCE);
        }
    }

    /** What was said so far: the transcript without the system prompt of a server's own. */
    final List<TranscriptEntry> said(Session session) throws InterruptedException {
        return Seen.transcript(session).stream().skip(ownEntries()).toList();
    }

    /** Everything that a refused call must leave as it was, as far as it is told. */
    final Seen.Trace trace(Session session) throws InterruptedException {
        boolean archived = session.snapshot().state() == SessionSnapshot.State.ARCHIVED;
        boolean logged = !lacks(Capability.EVENT_REPLAY) && (!archived || told(Detail.LIFECYCLE_EVENTS));
        return Seen.trace(session, logged);
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
