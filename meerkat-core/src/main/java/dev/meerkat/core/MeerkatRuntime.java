package dev.meerkat.core;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Retention;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.internal.LocalMeerkat;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Meerkat} that runs in this JVM.
 *
 * <pre>{@code
 * try (Meerkat meerkat = MeerkatRuntime.of(turn -> "seen " + turn.inputs().size()).open()) {
 *     Session session = meerkat.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
 * }
 * }</pre>
 *
 * <p>A runtime closes what it made itself, and nothing that it was given. Not thread-safe; what
 * {@link #open} returns is.
 */
public final class MeerkatRuntime {
    private final Agent agent;
    private @Nullable SessionStore store;
    private @Nullable Environment environment;
    private RuntimeLimits limits = RuntimeLimits.defaults();
    private RetryPolicy retry = RetryPolicy.defaults();
    private TrustPolicy trust = TrustPolicy.realm();
    private PeerTransport transport = PeerTransport.direct();
    private Retention retention = Retention.FOREVER;
    private final List<RuntimeListener> listeners = new ArrayList<>();

    private MeerkatRuntime(Agent agent) {
        this.agent = agent;
    }

    /**
     * A runtime in memory, to be changed and opened.
     *
     * @param agent answers the turns of all its sessions
     * @return a builder
     */
    public static MeerkatRuntime of(Agent agent) {
        return new MeerkatRuntime(Objects.requireNonNull(agent, "agent"));
    }

    /**
     * Keeps the sessions in a store.
     *
     * @param store the store; no other runtime may use it meanwhile, and it is not closed
     * @return this
     */
    public MeerkatRuntime store(SessionStore store) {
        this.store = Objects.requireNonNull(store, "store");
        return this;
    }

    /**
     * Uses other clocks, ids and threads.
     *
     * @param environment all of them; not closed
     * @return this
     */
    public MeerkatRuntime environment(Environment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
        return this;
    }

    /**
     * Sets the bounds.
     *
     * @param limits the bounds
     * @return this
     */
    public MeerkatRuntime limits(RuntimeLimits limits) {
        this.limits = Objects.requireNonNull(limits, "limits");
        return this;
    }

    /**
     * Sets what happens to failed turns.
     *
     * @param retry the policy
     * @return this
     */
    public MeerkatRuntime retry(RetryPolicy retry) {
        this.retry = Objects.requireNonNull(retry, "retry");
        return this;
    }

    /**
     * Sets who is whose peer.
     *
     * @param trust the policy
     * @return this
     */
    public MeerkatRuntime trust(TrustPolicy trust) {
        this.trust = Objects.requireNonNull(trust, "trust");
        return this;
    }

    /**
     * Carries envelopes another way.
     *
     * @param transport the transport; not closed
     * @return this
     */
    public MeerkatRuntime transport(PeerTransport transport) {
        this.transport = Objects.requireNonNull(transport, "transport");
        return this;
    }

    /**
     * Tells a listener what happens. May be called again: each listener is told, in the order of these calls.
     *
     * @param listener the listener
     * @return this
     */
    public MeerkatRuntime listener(RuntimeListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Sets how long the past of sessions is kept that have no rule of their own: for ever by default. It is looked at a
     * minute after opening, and then every ten minutes.
     *
     * @param retention the rule
     * @return this
     */
    public MeerkatRuntime retention(Retention retention) {
        this.retention = Objects.requireNonNull(retention, "retention");
        return this;
    }

    /**
     * Opens the runtime. Sessions of the store that are keep-alive are alive again, open turns go on
     * and undelivered messages leave.
     *
     * @return a Meerkat, to be closed
     * @throws dev.meerkat.api.StoreException if another open runtime of this process has the store
     */
    public Meerkat open() {
        SessionStore sessions = store != null ? store : MemoryStore.create();
        return LocalMeerkat.open(agent, sessions, environment, limits, retry, trust, transport, listeners, retention);
    }
}
