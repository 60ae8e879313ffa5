package dev.meerkat.testkit;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An agent that does what a test says.
 *
 * <pre>{@code
 * agent.on("agent-b").expect(InputPattern.message("hi"))
 *         .emit("par", "tial").gate("mid").safePoint().answer("done");
 * }</pre>
 *
 * <p>Each call takes the next script of its session, if that expects its inputs, else the first
 * script for any session that does. A call that nothing expects goes to {@link #otherwise}, which by
 * default fails the turn with the code {@value #UNEXPECTED}. {@link #verify} reports such calls and
 * scripts that were not used. Thread-safe.
 */
public final class ScriptedAgent implements Agent {
    /** The code of a turn that fails because nothing expected its call. */
    public static final String UNEXPECTED = "unexpected_agent_call";

    private final VirtualTime time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, SessionScript> bySession = new LinkedHashMap<>();
    private final SessionScript forAny = new SessionScript(this, "any session", false);
    private final Map<String, Gate> gates = new LinkedHashMap<>();
    private final List<AgentCall> calls = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();
    private @Nullable Agent otherwise;

    private ScriptedAgent(VirtualTime time) {
        this.time = time;
    }

    /**
     * An agent without scripts.
     *
     * @param time the clock of {@link TurnScript#delay}
     * @return a new agent
     */
    public static ScriptedAgent create(VirtualTime time) {
        return new ScriptedAgent(time);
    }

    /**
     * The scripts of a session.
     *
     * @param commsName the session's name
     * @return consumed in order
     */
    public SessionScript on(String commsName) {
        lock.lock();
        try {
            return bySession.computeIfAbsent(commsName, name -> new SessionScript(this, name, true));
        } finally {
            lock.unlock();
        }
    }

    /**
     * The scripts of a session, which need not have a name.
     *
     * @param session the session
     * @return consumed in order
     */
    public SessionScript on(SessionId session) {
        return on(session.toString());
    }

    /**
     * Scripts for whatever session comes first.
     *
     * @return each consumed by the first call that matches
     */
    public SessionScript onAny() {
        return forAny;
    }

    /**
     * Sets what answers calls that no script expects.
     *
     * @param agent such as {@code turn -> "ok"}
     * @return this
     */
    public ScriptedAgent otherwise(Agent agent) {
        locked(() -> otherwise = agent);
        return this;
    }

    /**
     * A gate for scripts, closed at first.
     *
     * @param name its name; the same name gives the same gate
     * @return the gate
     */
    public Gate gate(String name) {
        lock.lock();
        try {
            return gates.computeIfAbsent(name, Gate::named);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What all calls saw.
     *
     * @return a copy, oldest first
     */
    public List<AgentCall> calls() {
        lock.lock();
        try {
            return List.copyOf(calls);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the calls of one session saw.
     *
     * @param commsName the session's name
     * @return a copy, oldest first
     */
    public List<AgentCall> calls(String commsName) {
        return calls().stream()
                .filter(call -> call.commsName().filter(commsName::equals).isPresent())
                .toList();
    }

    /**
     * Checks that every script was used and every call expected.
     *
     * @throws AssertionError if not; it lists them all
     */
    public void verify() {
        List<String> problems = problems();
        if (!problems.isEmpty()) {
            throw new AssertionError(String.join("\n", problems));
        }
    }

    @Override
    public String answer(TurnContext turn) throws Exception {
        AgentCall call = AgentCall.of(turn);
        TurnScript script;
        Agent other;
        lock.lock();
        try {
            calls.add(call);
            script = take(call);
            other = otherwise;
        } finally {
            lock.unlock();
        }
        if (script != null) {
            return script.play(turn);
        }
        if (other != null) {
            return other.answer(turn);
        }
        throw unexpected(call + " was not expected; " + expected(call));
    }

    private @Nullable TurnScript take(AgentCall call) {
        for (SessionScript own : scriptsOf(call)) {
            TurnScript script = own.take(call.inputs());
            if (script != null) {
                return script;
            }
        }
        return forAny.take(call.inputs());
    }

    private List<SessionScript> scriptsOf(AgentCall call) {
        List<SessionScript> own = new ArrayList<>();
        call.commsName().map(bySession::get).ifPresent(own::add);
        SessionScript byId = bySession.get(call.session().toString());
        if (byId != null) {
            own.add(byId);
        }
        return own;
    }

    private String expected(AgentCall call) {
        lock.lock();
        try {
            List<String> open = new ArrayList<>();
            scriptsOf(call).forEach(own -> own.unconsumed().stream().limit(1).forEach(open::add));
            open.addAll(forAny.unconsumed());
            return open.isEmpty() ? "nothing more is scripted for it" : "scripted is " + open;
        } finally {
            lock.unlock();
        }
    }

    /** Takes down what was not expected; the result is to be thrown. */
    FailedException unexpected(String message) {
        locked(() -> unexpected.add(message));
        return new FailedException(UNEXPECTED, message, null);
    }

    /** What {@link #verify} reports. */
    List<String> problems() {
        lock.lock();
        try {
            List<String> problems = new ArrayList<>();
            unexpected.forEach(call -> problems.add("unexpected: " + call));
            bySession.values().forEach(own -> own.unconsumed().forEach(it -> problems.add("not used: " + it)));
            forAny.unconsumed().forEach(it -> problems.add("not used: " + it));
            return problems;
        } finally {
            lock.unlock();
        }
    }

    void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    VirtualTime time() {
        return time;
    }
}
