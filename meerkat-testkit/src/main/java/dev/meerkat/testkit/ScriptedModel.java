package dev.meerkat.testkit;

import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ModelException;
import dev.meerkat.core.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A model that says what a test tells it to, call by call.
 *
 * <pre>{@code
 * model.asks("I look.", "look", "{\"at\":1}").says("It is ", "dark.");
 * model.next().text("One ").gate(gate).text("two.").end();
 * ...
 * model.assertUsedUp();
 * }</pre>
 *
 * <p>Each call takes the next script. A call for which none is left is refused, and {@link #assertUsedUp} reports it.
 * Scripts hold no thread: what follows a gate is said on the thread that opens it, what follows a delay on the one
 * that moves the clock. Thread-safe.
 */
public final class ScriptedModel implements ChatModel {
    private final @Nullable Scheduler time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<ModelScript> scripts = new ArrayDeque<>();
    private final List<Exchange> calls = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();

    private ScriptedModel(@Nullable Scheduler time) {
        this.time = time;
    }

    /** Anything that a model does in a call. */
    @FunctionalInterface
    public interface Script {
        /**
         * Does it.
         *
         * @param listener told what the model says
         */
        void run(Listener listener);
    }

    /**
     * A model without scripts, and without a clock.
     *
     * @return a new model
     */
    public static ScriptedModel create() {
        return new ScriptedModel(null);
    }

    /**
     * A model without scripts.
     *
     * @param time for {@link ModelScript#delay}, such as {@link MeerkatHarness#time}
     * @return a new model
     */
    public static ScriptedModel create(Scheduler time) {
        return new ScriptedModel(time);
    }

    /**
     * The script of the next call, step by step.
     *
     * @return empty at first; one that is left without an end never ends its answer
     */
    public ModelScript next() {
        ModelScript script = new ModelScript(this, time);
        lock.lock();
        try {
            scripts.add(script);
        } finally {
            lock.unlock();
        }
        return script;
    }

    /**
     * Answers a text in the next call, with 10 tokens in and 1 out.
     *
     * @param pieces the text, in the pieces in which it comes
     * @return this
     */
    public ScriptedModel says(String... pieces) {
        return next().text(pieces).usage(10, 1).end();
    }

    /**
     * Asks for tools in the next call, with 10 tokens in and 1 out.
     *
     * @param text what the model says with it, may be empty
     * @param calls name and arguments of each tool, in turn
     * @return this
     */
    public ScriptedModel asks(String text, String... calls) {
        if (calls.length % 2 != 0) {
            throw new IllegalArgumentException("calls must be names and arguments in turn: " + List.of(calls));
        }
        ModelScript script = next();
        if (!text.isEmpty()) {
            script.text(text);
        }
        for (int i = 0; i < calls.length; i += 2) {
            script.tool(calls[i], calls[i + 1]);
        }
        return script.usage(10, 1).end();
    }

    /**
     * Fails the next call.
     *
     * @param failure such as a {@link ModelException}
     * @return this
     */
    public ScriptedModel fails(Throwable failure) {
        return next().fail(failure);
    }

    /**
     * Does anything in the next call.
     *
     * @param script what to do
     * @return this
     */
    public ScriptedModel then(Script script) {
        return next().then(script);
    }

    @Override
    public Call start(ChatRequest request, Listener listener) {
        Exchange call = new Exchange(request, listener, ended -> {});
        @Nullable ModelScript script;
        ModelException refusal = new ModelException(ModelException.Kind.REFUSED, "no script is left for it", null);
        lock.lock();
        try {
            script = scripts.poll();
            calls.add(call);
            if (script == null) {
                unexpected.add("call " + calls.size() + " of the model was not expected");
                call.refused(refusal);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (script == null) {
            throw refusal;
        }
        script.play(call);
        return () -> cancel(call);
    }

    private void cancel(Exchange call) {
        lock.lock();
        try {
            call.cancel();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What all calls were given to read.
     *
     * @return a copy, oldest first
     */
    public List<ChatRequest> requests() {
        lock.lock();
        try {
            return calls.stream().map(Exchange::request).toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What a call was given to read.
     *
     * @param call which call, from 0
     * @return its messages
     * @throws IndexOutOfBoundsException if there were not so many calls
     */
    public List<ChatMessage> read(int call) {
        return requests().get(call).messages();
    }

    /**
     * All calls as text: what each was given to read beyond an earlier one that it goes on from, and what the model
     * said. Ids are numbered in the order in which they appear, so that the same history gives the same text, to
     * compare with a golden one.
     *
     * @return many lines, for people
     */
    public String log() {
        lock.lock();
        try {
            return ExchangeText.log(calls);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the model was called that often.
     *
     * @param count how often in all
     * @param timeout longest real wait; a guard only
     * @throws AssertionError if it is not in time; it has the {@link #log}
     * @throws InterruptedException if interrupted while waiting
     */
    public void awaitCalls(int count, Duration timeout) throws InterruptedException {
        await(() -> calls.size() >= count, count + " calls of the model were not made", timeout);
    }

    /**
     * Waits until a call is cancelled that had not ended.
     *
     * @param timeout longest real wait; a guard only
     * @throws AssertionError if none is in time; it has the {@link #log}
     * @throws InterruptedException if interrupted while waiting
     */
    public void awaitCancelled(Duration timeout) throws InterruptedException {
        await(() -> calls.stream().anyMatch(Exchange::wasCancelled), "no call was cancelled", timeout);
    }

    private void await(BooleanSupplier condition, String otherwise, Duration timeout) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = timeout.toNanos();
            while (!condition.getAsBoolean()) {
                if (nanos <= 0) {
                    throw new AssertionError(otherwise + " within " + TimeUnit.NANOSECONDS.toSeconds(timeout.toNanos())
                            + " s\n" + log());
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Checks that every script was used, and that no call came for which there was none.
     *
     * @throws AssertionError if not; it has the {@link #log}
     */
    public void assertUsedUp() {
        lock.lock();
        try {
            List<String> problems = new ArrayList<>(unexpected);
            scripts.forEach(script -> problems.add("not used: " + script));
            if (!problems.isEmpty()) {
                throw new AssertionError(String.join("\n", problems) + "\n" + log());
            }
        } finally {
            lock.unlock();
        }
    }
}
