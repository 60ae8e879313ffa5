package dev.meerkat.core.internal;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.core.Environment;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.SystemEnvironment;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.Track;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Meerkat of this JVM. */
public final class LocalMeerkat implements Meerkat {
    private static final Logger LOG = LoggerFactory.getLogger(LocalMeerkat.class);
    private static final byte[] NO_SEED = new byte[0];
    private static final int PAGE = 256;

    private final Kernel kernel;
    private final Registry registry;
    private final @Nullable SystemEnvironment owned;
    /** Sessions on their way into the store, which are not left over from an earlier runtime. */
    private final Set<SessionId> creating = ConcurrentHashMap.newKeySet();

    private LocalMeerkat(Kernel kernel, @Nullable SystemEnvironment owned) {
        this.kernel = kernel;
        this.registry = new Registry(kernel);
        this.owned = owned;
    }

    /**
     * Opens a runtime; see {@link dev.meerkat.core.MeerkatRuntime}.
     *
     * @param agent answers turns
     * @param store keeps sessions
     * @param environment everything that varies, or null for the system's
     * @param limits the bounds
     * @param retry what happens to failed turns
     * @param trust who is whose peer
     * @param transport carries envelopes
     * @param listener is told what happens
     * @return an open Meerkat
     */
    public static Meerkat open(
            Agent agent,
            SessionStore store,
            @Nullable Environment environment,
            RuntimeLimits limits,
            RetryPolicy retry,
            TrustPolicy trust,
            PeerTransport transport,
            RuntimeListener listener) {
        SystemEnvironment owned = environment == null ? SystemEnvironment.create() : null;
        Environment used = environment == null ? Objects.requireNonNull(owned).environment() : environment;
        Kernel kernel = new Kernel(agent, store, used, limits, retry, trust, transport, listener);
        LocalMeerkat meerkat = new LocalMeerkat(kernel, owned);
        used.executor().execute(meerkat::takeUp);
        return meerkat;
    }

    /** Goes on with what an earlier runtime left in the store. */
    private void takeUp() {
        @Nullable SessionId after = null;
        try {
            while (kernel.activity.open()) {
                List<SessionId> page = kernel.store.unfinished(after, PAGE);
                if (page.isEmpty()) {
                    return;
                }
                page.stream().filter(id -> !creating.contains(id)).forEach(this::takeUp);
                after = page.get(page.size() - 1);
            }
        } catch (RuntimeException e) {
            LOG.error(
                    "store {}: waiting sessions cannot be read; each goes on when it is used",
                    kernel.store.describe(),
                    e);
        }
    }

    private void takeUp(SessionId id) {
        SessionLoop loop = registry.loop(id);
        loop.wake();
        loop.links.leave(kernel.store.outbox(id));
    }

    @Override
    public Session create(SessionSpec spec) throws InterruptedException {
        if (spec == null) {
            throw new InvalidFieldException("spec", "null", "must not be null");
        }
        kernel.checkOpen();
        SessionId id = new SessionId(kernel.env.ids().next());
        InputId promptId = new InputId(kernel.env.ids().next());
        Track track = spec.isDeferred() ? Track.PASSIVE : Track.PROMPT;
        Instant now = kernel.now();
        NewInput prompt = new NewInput(promptId, now, track, spec.promptInput());
        byte[] seed = spec.commsName().isPresent() ? Identity.newSeed(kernel.env.random()) : NO_SEED;
        creating.add(id);
        try {
            CreateResult result =
                    kernel.await(kernel.store.create(new NewSession(id, spec, seed, now, prompt)), id.value());
            if (result instanceof CreateResult.NameTaken taken) {
                throw new CommsNameTakenException(spec.realm(), spec.commsName().orElseThrow(), taken.holder());
            }
            SessionLoop loop = registry.adopt(((CreateResult.Created) result).session());
            @Nullable Turn turn = spec.isDeferred() ? null : new LocalTurn(loop, promptId);
            loop.wake();
            return new LocalSession(loop, turn);
        } finally {
            creating.remove(id);
        }
    }

    @Override
    public Session open(SessionId id) {
        if (id == null) {
            throw new InvalidFieldException("session_id", "null", "must not be null");
        }
        kernel.checkOpen();
        return new LocalSession(registry.loop(id), null);
    }

    @Override
    public Session open(String realm, String commsName) {
        if (realm == null || commsName == null) {
            throw new InvalidFieldException(realm == null ? "realm" : "comms_name", "null", "must not be null");
        }
        kernel.checkOpen();
        return new LocalSession(
                registry.named(realm, commsName)
                        .orElseThrow(() -> new SessionNotFoundException(commsName + " in realm " + realm)),
                null);
    }

    @Override
    public SessionPage list(SessionQuery query) {
        if (query == null) {
            throw new InvalidFieldException("query", "null", "must not be null");
        }
        kernel.checkOpen();
        List<SessionSnapshot> page = new ArrayList<>();
        for (SessionId id : kernel.store.list(query)) {
            page.add(Snapshots.of(registry.loop(id), kernel.store.load(id).orElseThrow()));
        }
        boolean hasMore = page.size() == query.limit()
                && !kernel.store
                        .list(query.page(query.offset() + query.limit(), 1))
                        .isEmpty();
        return new SessionPage(page, hasMore);
    }

    @Override
    public Capabilities capabilities() {
        EnumSet<Capabilities.Capability> supported = EnumSet.allOf(Capabilities.Capability.class);
        if (!kernel.store.durable()) {
            supported.remove(Capabilities.Capability.DURABLE);
        }
        String version = LocalMeerkat.class.getPackage().getImplementationVersion();
        return new Capabilities("meerkat-core", version == null ? "development" : version, supported);
    }

    @Override
    public void close() {
        if (!kernel.activity.startClosing()) {
            return;
        }
        kernel.activity.awaitIdle(kernel.limits.waits().close());
        List<SessionLoop> late = kernel.activity.running();
        if (!late.isEmpty()) {
            late.forEach(SessionLoop::suspend);
            kernel.activity.awaitIdle(kernel.limits.waits().interrupt());
        }
        kernel.activity.finishClosing();
        kernel.turns.close();
        kernel.replies.close();
        registry.all().forEach(loop -> loop.links.signal());
        if (owned != null) {
            owned.close();
        }
    }
}
