package dev.meerkat.testkit;

import dev.meerkat.api.Meerkat;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.SessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A runtime with everything injected that a test wants to control: clock, ids, order of turns, agent,
 * store.
 *
 * <pre>{@code
 * try (MeerkatHarness harness = MeerkatHarness.create()) {
 *     harness.agent().on("agent-a").expectAny().answer("hello");
 *     Session session = harness.meerkat().create(SessionSpec.ofPrompt("You greet.").withKeepAliveAs("agent-a"));
 *     harness.settle();
 * }
 * }</pre>
 *
 * <p>The runtime opens at the first {@link #meerkat()}; what is to be set must be set before.
 * Confined to the test's thread, but for the parts that it hands out.
 */
public final class MeerkatHarness implements AutoCloseable {
    /** Longest real wait for threads to end after closing. */
    private static final Duration END = Duration.ofSeconds(2);

    /** Longest real wait for things to calm down when nothing can tell whether they have. */
    private static final Duration CALM = Duration.ofSeconds(1);

    private final HarnessSettings settings = new HarnessSettings();
    private final OpenHandles handles = new OpenHandles();
    private final Set<Thread> before = Threads.live();
    private final SerialTurnExecutor executor;

    /** Whether agents may block in ways that the executor cannot see. */
    private final boolean lenient;

    private final VirtualTime time;
    private final ScriptedAgent agent;
    private final Incarnation.Ports ports;
    private @Nullable Incarnation life;
    private @Nullable Meerkat meerkat;
    private boolean closed;

    private MeerkatHarness(SerialTurnExecutor executor, long seed, boolean lenient) {
        this.executor = executor;
        this.lenient = lenient;
        this.time = VirtualTime.settling(this::calm);
        this.agent = ScriptedAgent.create(time);
        this.ports = new Incarnation.Ports(SeededIds.of(seed, time), new Random(seed));
    }

    /**
     * Turns run one at a time, in the order in which they became runnable.
     *
     * @return a harness that is not yet open
     */
    public static MeerkatHarness create() {
        return new MeerkatHarness(SerialTurnExecutor.fifo(), 1, false);
    }

    /**
     * Turns run one at a time, in an order drawn from a seed; ids and identities too come from it.
     *
     * @param seed any number
     * @return a harness that is not yet open
     */
    public static MeerkatHarness seeded(long seed) {
        return new MeerkatHarness(SerialTurnExecutor.seeded(seed), seed, false);
    }

    /**
     * Turns run at the same time on threads of their own, as in production; only clock and ids are
     * the test's. Such a harness has no {@link #settle}.
     *
     * @return a harness that is not yet open
     */
    public static MeerkatHarness withRealThreads() {
        return new MeerkatHarness(SerialTurnExecutor.unordered(), 1, true);
    }

    /** One turn at a time, for agents that may block in ways that the executor cannot see. */
    static MeerkatHarness lenient() {
        return new MeerkatHarness(SerialTurnExecutor.fifo(), 1, true);
    }

    /**
     * Keeps the sessions elsewhere than in memory.
     *
     * @param opener opens the store: at first, and again after each restart and crash; the harness
     *     closes what it opens
     * @return this
     * @throws IllegalStateException if the runtime is open already
     */
    public MeerkatHarness store(Supplier<? extends SessionStore> opener) {
        unopened().stores = Objects.requireNonNull(opener, "opener");
        return this;
    }

    /**
     * Sets the bounds. The default has no grace for running turns at closing.
     *
     * @param limits the bounds
     * @return this
     * @throws IllegalStateException if the runtime is open already
     */
    public MeerkatHarness limits(RuntimeLimits limits) {
        unopened().limits = Objects.requireNonNull(limits, "limits");
        return this;
    }

    /**
     * Sets what happens to failed turns.
     *
     * @param retry the policy
     * @return this
     * @throws IllegalStateException if the runtime is open already
     */
    public MeerkatHarness retry(RetryPolicy retry) {
        unopened().retry = Objects.requireNonNull(retry, "retry");
        return this;
    }

    /**
     * Sets who is whose peer.
     *
     * @param trust the policy
     * @return this
     * @throws IllegalStateException if the runtime is open already
     */
    public MeerkatHarness trust(TrustPolicy trust) {
        unopened().trust = Objects.requireNonNull(trust, "trust");
        return this;
    }

    /**
     * Carries envelopes another way, such as by a {@link FaultyTransport}.
     *
     * @param transport the transport
     * @return this
     * @throws IllegalStateException if the runtime is open already
     */
    public MeerkatHarness transport(PeerTransport transport) {
        unopened().transport = Objects.requireNonNull(transport, "transport");
        return this;
    }

    /**
     * Tells a listener what happens. May be called again: each listener is told.
     *
     * @param listener the listener
     * @return this
     * @throws IllegalStateException if the runtime is open already
     */
    public MeerkatHarness listener(RuntimeListener listener) {
        unopened().listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Lets another agent than the scripted one answer.
     *
     * @param agent the agent that is to be tested
     * @return this
     * @throws IllegalStateException if the runtime is open already
     */
    public MeerkatHarness answeredBy(Agent agent) {
        unopened().agent = Objects.requireNonNull(agent, "agent");
        return this;
    }

    /**
     * The runtime; opened by the first call. Another one after {@link #restart} and {@link #crash}.
     *
     * @return open
     */
    public Meerkat meerkat() {
        if (closed) {
            throw new IllegalStateException("the harness is closed");
        }
        if (meerkat == null) {
            meerkat = open();
        }
        return meerkat;
    }

    /**
     * The agent that answers, unless {@link #answeredBy} set another.
     *
     * @return to be told what to do
     */
    public ScriptedAgent agent() {
        return agent;
    }

    /**
     * The clock of the runtime.
     *
     * @return moved by the test only
     */
    public VirtualTime time() {
        return time;
    }

    /**
     * What runs the turns.
     *
     * @return for manual mode
     */
    public SerialTurnExecutor executor() {
        return executor;
    }

    /**
     * Waits until nothing more happens by itself: every turn has ended, or waits for the clock, a
     * gate or a reply. What is due at the clock's time has run.
     *
     * @throws AssertionError if it does not come to that within 10 s; it says what runs and where
     * @throws InterruptedException if interrupted while waiting
     */
    public void settle() throws InterruptedException {
        if (!executor.ordered()) {
            throw new IllegalStateException("with real threads nothing tells when all has settled");
        }
        advance(Duration.ZERO);
        if (!executor.isHeld()) {
            executor.settle();
        }
    }

    /**
     * Moves the clock on; what falls due runs, and its consequences settle, in order of time.
     *
     * @param time how far
     * @throws AssertionError if what falls due does not settle within 10 s
     * @throws InterruptedException if interrupted while waiting
     */
    public void advance(Duration time) throws InterruptedException {
        this.time.advance(time);
    }

    /** Closes the runtime, and opens the store again. Turns that ran go on in the new runtime. */
    public void restart() {
        endLife();
        meerkat = open();
    }

    /**
     * Lets the runtime die, so that nothing more of it is stored and nobody is told anything, and
     * opens the store again.
     */
    public void crash() {
        Incarnation dying = life;
        Meerkat dead = meerkat;
        life = null;
        meerkat = null;
        if (dying != null && dead != null) {
            dying.die();
            executor.abandon();
            // It can do no harm any more; this only ends its handles.
            dead.close();
            executor.abandon();
            dying.closeStore();
        }
        meerkat = open();
    }

    /**
     * The event logs of all sessions that the test met, and what the executor does.
     *
     * @return many lines, for people
     */
    public String diagnostics() {
        return eventLog() + "agent calls:\n" + lines(agent.calls()) + "executor: " + executor.describe();
    }

    /**
     * The event logs of all sessions that the test met.
     *
     * @return the same text for the same history
     */
    public String eventLog() {
        Incarnation current = life;
        return current == null ? "" : EventDump.of(current.store(), handles.sessions());
    }

    /**
     * Closes everything and checks that nothing is left: no thread, no open event stream, no script
     * that was not used, no unexpected agent call. Does nothing the second time.
     *
     * @throws AssertionError if something is left; it lists all of it
     */
    @Override
    public void close() {
        List<String> leaks = end();
        if (!leaks.isEmpty()) {
            throw new AssertionError("left behind by the test:\n" + lines(leaks));
        }
    }

    /** Closes everything; returns what is left. */
    List<String> end() {
        if (closed) {
            return List.of();
        }
        closed = true;
        List<String> leaks = new ArrayList<>();
        handles.streams().forEach(stream -> leaks.add("not closed: " + stream));
        leaks.addAll(agent.problems());
        endLife();
        executor.close();
        executor.failures().forEach(failure -> leaks.add("a loop of the runtime has thrown: " + failure));
        executor.leftBehind().forEach(thread -> leaks.add("thread has not ended: " + thread));
        List<Thread> others = Threads.live().stream()
                .filter(thread -> !before.contains(thread) && !Threads.isKit(thread))
                .toList();
        Threads.awaitEnd(others, END).forEach(thread -> leaks.add("thread has not ended: " + thread.getName()));
        return leaks;
    }

    private Meerkat open() {
        Agent answering = settings.agent != null ? settings.agent : agent;
        Incarnation next = new Incarnation(executor, time, answering, settings.stores.get());
        life = next;
        return new TrackedMeerkat(next.open(settings, ports), handles);
    }

    private void endLife() {
        Incarnation ending = life;
        Meerkat open = meerkat;
        life = null;
        meerkat = null;
        if (ending == null) {
            return;
        }
        boolean held = executor.isHeld();
        executor.release();
        try {
            if (open != null) {
                open.close();
            }
        } finally {
            if (held) {
                executor.holdAtRest();
            }
            ending.closeStore();
        }
    }

    private void calm() throws InterruptedException {
        if (lenient) {
            executor.settleWithin(CALM);
        } else if (!executor.isHeld()) {
            executor.settle();
        }
    }

    private HarnessSettings unopened() {
        if (life != null || closed) {
            throw new IllegalStateException("the runtime is open already; set this before the first meerkat()");
        }
        return settings;
    }

    private static String lines(List<?> items) {
        StringBuilder text = new StringBuilder();
        items.forEach(item -> text.append("  - ").append(item).append('\n'));
        return text.toString();
    }
}
