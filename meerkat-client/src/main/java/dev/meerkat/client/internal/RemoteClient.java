package dev.meerkat.client.internal;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.wire.Created;
import dev.meerkat.client.internal.wire.OwnLabels;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A Meerkat on the calls of one server. */
public final class RemoteClient implements RemoteMeerkat {
    private final RemoteContext context;
    private final ServerCalls calls;
    private final Refusals refusals;
    private final SessionDirectory directory;

    private RemoteClient(RemoteContext context) {
        this.context = context;
        this.calls = context.calls();
        this.refusals = new Refusals(context);
        this.directory = new SessionDirectory(calls);
    }

    /** A client on calls that are connected already; it closes them. */
    public static RemoteMeerkat of(
            ServerCalls calls, ClientTimeouts timeouts, ClientLimits limits, boolean wakeAfterEvents) {
        RemoteContext context = new RemoteContext(
                calls, timeouts, limits, wakeAfterEvents, System::nanoTime, new SplittableRandom(), new Closing());
        RemoteClient client = new RemoteClient(context);
        return calls.facts().api() ? new ApiClient(context, client) : client;
    }

    @Override
    public Session create(SessionSpec spec) throws InterruptedException {
        context.checkOpen();
        Values.present(spec, "spec");
        checkRealm(spec.realm());
        if (spec.prompt().isEmpty() && !capabilities().has(Capability.OPTIONAL_PROMPT)) {
            throw new NotSupportedException("the server creates no session without a first prompt");
        }
        if (spec.turnLength().isPresent()) {
            throw new NotSupportedException("the server takes no turn_length of a session");
        }
        if (spec.retention().isPresent()) {
            throw new NotSupportedException("the server has no rule for how long the past of a session is kept");
        }
        Created created = calls.create(spec);
        String name = spec.commsName().orElse(null);
        if (name != null) {
            if (spec.keepAlive() && created.firstTurn() == null && spec.startsTurn()) {
                new Liveness(context).await(created.session(), name);
            }
            directory.remember(name, created.session());
        }
        return new RemoteSessionHandle(context, created.session(), name, initialTurn(spec, created));
    }

    private @Nullable Turn initialTurn(SessionSpec spec, Created created) {
        if (!spec.startsTurn()) {
            return null;
        }
        return created.firstTurn() == null
                ? new FirstTurn(context, created.session())
                : TurnHandle.ended(refusals, created.session(), created.firstTurn());
    }

    /** A server has one realm, which is chosen when it is started. */
    private static void checkRealm(String realm) {
        if (!realm.equals(SessionSpec.DEFAULT_REALM)) {
            throw new NotSupportedException("realm cannot be chosen at a server, which has one of its own: " + realm);
        }
    }

    @Override
    public Session open(SessionId id) throws InterruptedException {
        context.checkOpen();
        Values.present(id, "session_id");
        @Nullable String name = null;
        boolean archived;
        try {
            name = calls.read(id).labels().get(OwnLabels.COMMS_NAME);
            archived = refusals.archivedAndRead(id);
        } catch (SessionArchivedException e) {
            archived = true;
        } catch (SessionNotFoundException e) {
            archived = refusals.archived(id);
            if (!archived) {
                throw e;
            }
        }
        RemoteSessionHandle session = new RemoteSessionHandle(context, id, name, null);
        if (archived) {
            session.markArchived();
        }
        return session;
    }

    @Override
    public Session open(String realm, String commsName) throws InterruptedException {
        context.checkOpen();
        Values.text(commsName, "comms_name");
        checkRealm(realm);
        SessionId found = directory.find(commsName);
        if (refusals.archivedAndRead(found)) {
            // Archived since it was named, and read all the same; lists leave it out.
            directory.forget(commsName);
            found = directory.find(commsName);
        }
        return new RemoteSessionHandle(context, found, commsName, null);
    }

    @Override
    public SessionPage list(SessionQuery query) throws InterruptedException {
        context.checkOpen();
        Values.present(query, "query");
        if (query.archived()) {
            throw new NotSupportedException("the server lists no archived sessions");
        }
        return directory.list(query);
    }

    @Override
    public void delete(SessionId id) throws InterruptedException {
        context.checkOpen();
        Values.present(id, "session_id");
        throw new NotSupportedException("the server deletes no sessions");
    }

    @Override
    public DeadLetterPage deadLetters(int offset, int limit) {
        throw noDeadLetters(context);
    }

    static MeerkatException noDeadLetters(RemoteContext context) {
        context.checkOpen();
        return new NotSupportedException(
                "the contract has no calls for dead letters and parked sessions, and the server has none beside it");
    }

    @Override
    public Capabilities capabilities() {
        Capabilities served = calls.facts().capabilities();
        Set<Capability> supported = EnumSet.noneOf(Capability.class);
        supported.addAll(served.supported());
        // No call of the contract does these.
        supported.removeAll(Set.of(
                Capability.REPLY_HANDLES,
                Capability.SCHEDULES,
                Capability.DELETION,
                Capability.RETENTION,
                Capability.DEAD_LETTERS));
        if (context.wakeAfterEvents()) {
            supported.add(Capability.EVENT_WAKE);
        }
        return new Capabilities(served.name(), served.version(), supported);
    }

    @Override
    public String contractVersion() {
        return calls.facts().contract().toString();
    }

    @Override
    public List<String> checkHealth() throws InterruptedException {
        context.checkOpen();
        return calls.health();
    }

    @Override
    public void close() {
        if (context.closing().close()) {
            calls.close();
            context.closing().tell();
        }
    }
}
