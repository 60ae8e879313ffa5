package dev.meerkat.core.internal;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Retention;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.core.Environment;
import dev.meerkat.core.Health;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.SessionFile;
import dev.meerkat.core.SessionTransfer;
import dev.meerkat.core.SystemEnvironment;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.core.Workload;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.internal.peer.PeerSends;
import dev.meerkat.core.internal.runtime.Activity;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.Alarms;
import dev.meerkat.core.internal.session.FencedFault;
import dev.meerkat.core.internal.session.Identity;
import dev.meerkat.core.internal.session.Registry;
import dev.meerkat.core.internal.session.SessionLoop;
import dev.meerkat.core.internal.session.UnknownOutcomes;
import dev.meerkat.core.internal.turn.TurnRun;
import dev.meerkat.core.store.CommitObserver;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.Sharing;
import dev.meerkat.core.store.Track;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Meerkat of this JVM. */
public final class LocalMeerkat implements Meerkat, HealthCheck, SessionTransfer, Workload {
    private static final Logger LOG = LoggerFactory.getLogger(LocalMeerkat.class);
    private static final byte[] NO_SEED = new byte[0];

    private final Kernel kernel;
    private final Registry registry;
    /** What others, who share the store, are told and tell; null if nobody does. */
    private final @Nullable Nodes nodes;

    private final RetentionSweep retention;
    private final @Nullable SystemEnvironment owned;
    /** Sessions on their way into the store, which are not left over from an earlier runtime. */
    private final Set<SessionId> creating = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalMeerkat(Kernel kernel, @Nullable SystemEnvironment owned, Retention retention) {
        this.kernel = kernel;
        this.retention = new RetentionSweep(kernel, retention);
        this.registry = new Registry(kernel, made -> new PeerSends(kernel, made), TurnRun::new);
        this.nodes = kernel.sharing == null ? null : new Nodes(kernel, registry, kernel.sharing);
        this.owned = owned;
    }

    /** Opens a runtime of what {@link dev.meerkat.core.MeerkatRuntime} was given; {@code environment} is null for the system's. */
    public static Meerkat open(
            Agent agent,
            SessionStore store,
            @Nullable Environment environment,
            RuntimeLimits limits,
            RetryPolicy retry,
            TrustPolicy trust,
            PeerTransport transport,
            List<RuntimeListener> listeners,
            Retention retention) {
        Claims.claim(
                store,
                "a runtime that was opened by the thread "
                        + Thread.currentThread().getName());
        SystemEnvironment owned = environment == null ? SystemEnvironment.create() : null;
        Environment used = environment == null ? Objects.requireNonNull(owned).environment() : environment;
        Kernel kernel = new Kernel(agent, store, used, limits, retry, trust, transport, listeners);
        LocalMeerkat meerkat = new LocalMeerkat(kernel, owned, retention);
        if (kernel.listeners.any()) {
            store.observe(kernel.listeners::groupCommit);
        }
        meerkat.begin();
        return meerkat;
    }

    private void begin() {
        Sharing sharing = kernel.sharing;
        if (sharing != null && nodes != null) {
            boolean begun = false;
            try {
                sharing.begin(nodes);
                begun = true;
            } finally {
                if (!begun) {
                    close();
                }
            }
        }
        kernel.env.executor().execute(() -> {
            registry.takeUp().all(creating::contains);
            retention.begin();
        });
        kernel.alarmClock.begin(new Alarms(kernel, registry));
    }

    @Override
    public Session create(SessionSpec spec) throws InterruptedException {
        LocalSession.checkValue(spec, "spec");
        kernel.checkOpen();
        registry.checkRoom("the session cannot be created");
        SessionId id = new SessionId(kernel.env.ids().next());
        InputId promptId = new InputId(kernel.env.ids().next());
        Track track = spec.startsTurn() ? Track.PROMPT : Track.PASSIVE;
        Instant now = kernel.now();
        Optional<NewInput> prompt =
                spec.prompt().map(first -> new NewInput(promptId, now, track, first, kernel.listeners.currentTrace()));
        byte[] seed = spec.commsName().isPresent() ? Identity.newSeed(kernel.env.random()) : NO_SEED;
        creating.add(id);
        long term = kernel.term(id);
        CompletionStage<Session> created = kernel.store
                .create(new NewSession(id, spec, seed, now, prompt))
                .thenApply(result -> created(id, result, term, spec, prompt))
                .whenComplete((session, failure) -> {
                    creating.remove(id);
                    if (Kernel.unknown(failure)) {
                        UnknownOutcomes.resolve(
                                kernel,
                                id,
                                () -> kernel.store
                                        .load(id)
                                        .ifPresent(stored ->
                                                registry.adopt(stored, term).wake()));
                    }
                });
        return kernel.await(created, id.value());
    }

    /** On the store's thread, or the caller's; also when the caller no longer waits. */
    private Session created(SessionId id, CreateResult result, long term, SessionSpec spec, Optional<NewInput> prompt) {
        if (result instanceof CreateResult.NameTaken taken) {
            throw new CommsNameTakenException(spec.realm(), spec.commsName().orElseThrow(), taken.holder());
        }
        if (result instanceof Fenced fenced) {
            throw FencedFault.refusal(id, fenced);
        }
        SessionLoop loop = registry.adopt(((CreateResult.Created) result).session(), term);
        @Nullable
        Turn turn = spec.startsTurn()
                ? prompt.map(first -> new LocalTurn(loop, first.id())).orElse(null)
                : null;
        if (kernel.listeners.any()) {
            // Its log begins with the creation, and then has the prompt.
            prompt.ifPresent(
                    first -> kernel.listeners.tell(new RuntimeEvent.Admitted(id, first.admitted(loop.state.last()))));
        }
        if (turn != null && nodes != null) {
            nodes.expect(loop, turn.inputId().orElseThrow(), Cursor.START);
        }
        loop.wake();
        if (spec.retention().isPresent()) {
            retention.need();
        }
        return new LocalSession(loop, registry, nodes, turn);
    }

    @Override
    public Session open(SessionId id) {
        LocalSession.checkValue(id, "session_id");
        kernel.checkOpen();
        return new LocalSession(registry.loop(id), registry, nodes, null);
    }

    @Override
    public Session open(String realm, String commsName) {
        LocalSession.checkValue(realm, "realm");
        LocalSession.checkValue(commsName, "comms_name");
        kernel.checkOpen();
        return new LocalSession(
                registry.named(realm, commsName)
                        .orElseThrow(() -> new SessionNotFoundException(commsName + " in realm " + realm)),
                registry,
                nodes,
                null);
    }

    @Override
    public SessionPage list(SessionQuery query) {
        LocalSession.checkValue(query, "query");
        kernel.checkOpen();
        List<SessionId> ids = kernel.store.list(query);
        List<SessionSnapshot> page = new ArrayList<>();
        ids.forEach(id -> registry.snapshot(id).ifPresent(page::add));
        boolean hasMore = ids.size() == query.limit()
                && !kernel.store
                        .list(query.page(query.offset() + query.limit(), 1))
                        .isEmpty();
        return new SessionPage(page, hasMore);
    }

    @Override
    public void delete(SessionId id) throws InterruptedException {
        LocalSession.checkValue(id, "session_id");
        kernel.checkOpen();
        new SessionDeletion(kernel, registry).of(id);
    }

    @Override
    public void exportSession(SessionId id, OutputStream out) throws IOException {
        kernel.checkOpen();
        SessionFile.write(kernel.store, id, out);
    }

    @Override
    public SessionId importSession(InputStream in) throws IOException, InterruptedException {
        kernel.checkOpen();
        registry.checkRoom("the session cannot be imported");
        SessionId id = SessionImport.of(kernel.store, in, kernel::checkOpen);
        if (kernel.owns(id)) {
            registry.takeUp().one(id);
        }
        kernel.alarmClock.look();
        // It may have a rule of its own.
        retention.begin();
        return id;
    }

    @Override
    public DeadLetterPage deadLetters(int offset, int limit) {
        kernel.checkOpen();
        return DeadLetters.page(kernel, null, offset, limit);
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
    public Health health() {
        List<Health.Problem> problems = new ArrayList<>(kernel.store.health().problems());
        problems.addAll(kernel.troubles.told());
        return new Health(problems);
    }

    @Override
    public Numbers workload() {
        return new Workloads(kernel).of(registry.all());
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        kernel.activity.startClosing();
        kernel.alarmClock.close();
        if (kernel.sharing != null) {
            kernel.sharing.drain();
        }
        kernel.activity.awaitIdle(kernel.limits.waits().close());
        List<Activity.Worker> late = kernel.activity.running();
        if (!late.isEmpty()) {
            late.forEach(Activity.Worker::suspend);
            kernel.activity.awaitIdle(kernel.limits.waits().interrupt());
        }
        kernel.activity.finishClosing();
        putAside(kernel.activity.running().stream()
                .filter(Activity.Worker::hasRun)
                .toList());
        kernel.turns.close();
        kernel.replies.close();
        registry.all().forEach(SessionLoop::close);
        if (kernel.sharing != null) {
            kernel.sharing.end();
        }
        if (owned != null) {
            owned.close();
        }
        kernel.store.observe(CommitObserver.NONE);
        Claims.release(kernel.store);
    }

    /** Turns whose agents do not stop cost no attempt either. */
    private void putAside(List<Activity.Worker> late) {
        if (late.isEmpty()) {
            return;
        }
        LOG.warn("{} turns did not stop when they were interrupted; the next runtime begins them anew", late.size());
        CompletableFuture<?>[] aside =
                late.stream().map(loop -> loop.putAside().toCompletableFuture()).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(aside).get(kernel.limits.waits().interrupt().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("an attempt at a turn that was cut is counted, as the store does not take that it is not", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
