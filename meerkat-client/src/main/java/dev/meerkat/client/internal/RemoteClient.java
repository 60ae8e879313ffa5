package dev.meerkat.client.internal;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.RemoteSession;
import dev.meerkat.client.RemoteTurn;
import dev.meerkat.client.internal.calls.Calls;
import dev.meerkat.client.internal.wire.Created;
import dev.meerkat.client.internal.wire.OwnLabels;
import dev.meerkat.client.internal.wire.SessionRow;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A Meerkat on the calls of one server. */
public final class RemoteClient implements RemoteMeerkat {
    private final RemoteContext context;
    private final Calls calls;
    private final Refusals refusals;

    private RemoteClient(RemoteContext context) {
        this.context = context;
        this.calls = context.calls();
        this.refusals = new Refusals(context);
    }

    /** A client on calls that are connected already; it closes them. */
    public static RemoteMeerkat of(Calls calls, ClientTimeouts timeouts, ClientLimits limits, boolean wakeAfterEvents) {
        return new RemoteClient(new RemoteContext(
                calls,
                timeouts,
                limits,
                wakeAfterEvents,
                System::nanoTime,
                new SplittableRandom(),
                new AtomicBoolean()));
    }

    @Override
    public RemoteSession create(SessionSpec spec) throws InterruptedException {
        context.checkOpen();
        Values.present(spec, "spec");
        checkRealm(spec.realm());
        Created created = calls.create(spec);
        return new RemoteSessionHandle(
                context, created.session(), spec.commsName().orElse(null), initialTurn(spec, created));
    }

    private @Nullable RemoteTurn initialTurn(SessionSpec spec, Created created) {
        if (spec.isDeferred()) {
            return null;
        }
        return created.firstTurn() == null
                ? new FirstTurn(context, created.session())
                : TurnHandle.ended(created.firstTurn());
    }

    /** A server has one realm, which is chosen when it is started. */
    private static void checkRealm(String realm) {
        if (!realm.equals(SessionSpec.DEFAULT_REALM)) {
            throw new NotSupportedException("realm cannot be chosen at a server, which has one of its own: " + realm);
        }
    }

    @Override
    public RemoteSession open(SessionId id) throws InterruptedException {
        context.checkOpen();
        Values.present(id, "session_id");
        @Nullable String name = null;
        try {
            name = calls.read(id).labels().get(OwnLabels.COMMS_NAME);
        } catch (SessionNotFoundException e) {
            if (!refusals.archived(id)) {
                throw e;
            }
        }
        return new RemoteSessionHandle(context, id, name, null);
    }

    @Override
    public RemoteSession open(String realm, String commsName) throws InterruptedException {
        context.checkOpen();
        Values.text(commsName, "comms_name");
        checkRealm(realm);
        List<SessionRow> found = calls.list(SessionQuery.all().withLabel(OwnLabels.COMMS_NAME, commsName));
        if (found.isEmpty()) {
            throw new SessionNotFoundException(commsName);
        }
        if (found.size() > 1) {
            throw new NotDoneException(
                    "session_ambiguous",
                    "comms_name is that of several sessions: \"" + commsName + "\" ("
                            + found.stream().map(SessionRow::id).toList() + ")");
        }
        return new RemoteSessionHandle(context, found.get(0).id(), commsName, null);
    }

    @Override
    public SessionPage list(SessionQuery query) throws InterruptedException {
        context.checkOpen();
        Values.present(query, "query");
        List<SessionSnapshot> page =
                calls.list(query).stream().map(RemoteSnapshots::of).toList();
        boolean more = page.size() == query.limit()
                && !calls.list(query.page(query.offset() + query.limit(), 1)).isEmpty();
        return new SessionPage(page, more);
    }

    @Override
    public Capabilities capabilities() {
        Capabilities served = calls.facts().capabilities();
        if (!context.wakeAfterEvents()) {
            return served;
        }
        Set<Capability> more = EnumSet.copyOf(served.supported());
        more.add(Capability.EVENT_WAKE);
        return new Capabilities(served.name(), served.version(), more);
    }

    @Override
    public String contractVersion() {
        return calls.facts().contract().toString();
    }

    @Override
    public void checkHealth() throws InterruptedException {
        context.checkOpen();
        calls.ping();
    }

    @Override
    public void close() {
        if (context.closed().compareAndSet(false, true)) {
            calls.close();
        }
    }
}
