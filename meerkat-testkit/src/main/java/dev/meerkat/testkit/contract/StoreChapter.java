package dev.meerkat.testkit.contract;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.TurnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the chapters on stores share: the store under test, and short ways to write to it. */
public abstract class StoreChapter {
    /** The time of everything that is stored. */
    protected static final Instant AT = Instant.parse("2026-11-22T10:15:30.123456Z");

    /** The turn of all steps. */
    protected static final TurnId TURN = new TurnId(new UUID(0, 99));

    private static final long WAIT_SECONDS = 30;

    private final AtomicLong lastId = new AtomicLong();
    private @Nullable SessionStore store;

    /** For the chapters. */
    StoreChapter() {}

    /**
     * Makes an empty store.
     *
     * @return open
     */
    protected abstract SessionStore open();

    /**
     * Closes a store and opens it again.
     *
     * @param store the store, open
     * @return the same, newly opened
     */
    protected abstract SessionStore reopen(SessionStore store);

    @BeforeEach
    final void openStore() {
        store = open();
    }

    @AfterEach
    final void closeStore() {
        store().close();
    }

    /**
     * The store under test.
     *
     * @return open
     */
    protected final SessionStore store() {
        if (store == null) {
            throw new IllegalStateException("the store is opened before each test");
        }
        return store;
    }

    final void reopenStore() {
        store = reopen(store());
    }

    /** Waits for a write. */
    static <T> T done(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the write did not complete", e);
        }
    }

    final UUID uuid() {
        return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | lastId.incrementAndGet());
    }

    static SessionSpec named(String name) {
        return SessionSpec.ofPrompt("hi").withKeepAliveAs(name);
    }

    final NewSession newSession(SessionSpec spec) {
        Optional<NewInput> prompt =
                spec.prompt().map(first -> new NewInput(new InputId(uuid()), AT, Track.PROMPT, first));
        return new NewSession(new SessionId(uuid()), spec, new byte[] {1, 2, 3}, AT, prompt);
    }

    final SessionId create(SessionSpec spec) {
        NewSession session = newSession(spec);
        CreateResult result = done(store().create(session));
        if (!(result instanceof CreateResult.Created)) {
            throw new AssertionError("not created: " + result);
        }
        return session.id();
    }

    /** A session whose prompt is consumed. */
    final SessionId idle(SessionSpec spec) {
        SessionId id = create(spec);
        commit(id, consumed(id));
        return id;
    }

    final StoredSession load(SessionId id) {
        return store().load(id).orElseThrow();
    }

    /** What a spec says, to compare it by: specs themselves do not compare. */
    static List<Object> parts(SessionSpec spec) {
        return List.of(
                spec.prompt(),
                spec.realm(),
                spec.commsName(),
                spec.keepAlive(),
                spec.deferredStart(),
                spec.peerMeta(),
                spec.labels(),
                spec.model(),
                spec.systemPrompt());
    }

    /** What a stored session says, to compare it by. */
    static List<Object> parts(StoredSession session) {
        return List.of(
                session.id(),
                parts(session.spec()),
                HexFormat.of().formatHex(session.identitySeed()),
                session.createdAt(),
                session.standing().archived(),
                session.standing().version(),
                session.standing().progress(),
                session.inbox().admitted(),
                session.inbox().waitingExternalBytes(),
                session.log().last(),
                session.log().messageCount());
    }

    static InputBody message(String text) {
        return new InputBody.Local(CommsCommand.Input.of(text));
    }

    static InputBody.External event(ExternalEvent event) {
        return new InputBody.External(event);
    }

    static InputBody.External event(String type) {
        return event(ExternalEvent.genericJson(type, Json.NULL));
    }

    final NewInput input(InputBody body) {
        return new NewInput(new InputId(uuid()), AT, Track.of(body), body);
    }

    final AppendResult append(SessionId session, NewInput input) {
        return done(store().append(InputAppend.local(session, input)));
    }

    final AppendResult.Appended admit(SessionId session, InputBody body) {
        return (AppendResult.Appended) append(session, input(body));
    }

    /** Everything that is admitted now, as consumed. */
    final SessionProgress consumed(SessionId id) {
        return new SessionProgress(load(id).inbox().admitted(), null, null);
    }

    static SessionProgress consumed(Marks marks) {
        return new SessionProgress(marks, null, null);
    }

    static StepCommit step(SessionId id, long version, SessionProgress progress) {
        return new StepCommit(id, version, progress);
    }

    /** An input whose first attempt failed, and whose next one is due after a wait. */
    static FailedInput failed(AdmittedInput input, FailedInput.State state, Duration delay) {
        TurnId turn = new TurnId(input.id().value());
        TurnRecord record = new TurnRecord(turn, 1, 0, 0, Marks.ZERO, state.retried() ? AT.plus(delay) : null);
        return new FailedInput(input, state, record, AT, delay, Duration.ZERO, "agent_error", "no model");
    }

    final StepResult.Committed commit(StepCommit commit) {
        return (StepResult.Committed) done(store().commit(commit));
    }

    final StepResult.Committed commit(SessionId id, SessionProgress progress) {
        return commit(step(id, load(id).standing().version(), progress));
    }

    final void archive(SessionId id) {
        StoredSession session = load(id);
        commit(new StepCommit(
                        id, session.standing().version(), session.standing().progress())
                .withChange(StepCommit.Change.ARCHIVE));
    }

    final StepResult.Committed send(SessionId id, Envelope... envelopes) {
        StoredSession session = load(id);
        return commit(new StepCommit(
                        id, session.standing().version(), session.standing().progress())
                .withAdded(new StepCommit.Added(List.of(), List.of(), List.of(envelopes), List.of())));
    }

    final Envelope envelope(SessionId from, SessionId to, String text) {
        return new Envelope(
                new EnvelopeId(uuid()),
                new Envelope.Party(from, sender("a")),
                new Envelope.Party(to, sender("b")),
                CommsCommand.PeerMessage.to("b", text),
                false,
                AT,
                Optional.empty(),
                true);
    }

    static PeerSender sender(String name) {
        return new PeerSender(new PeerId(new UUID(5, name.hashCode())), name);
    }

    static SessionEvent started(int attempt) {
        return new SessionEvent.TurnStarted(Cursor.START, AT, TURN, attempt);
    }

    final List<Envelope> outbox(SessionId id) {
        return store().outbox(id, 0, 1_000).stream().map(Outgoing::envelope).toList();
    }

    final List<FailedInput> retries(SessionId id, TurnId turn) {
        return store().retries(id, turn, Cursor.START, 1_000);
    }

    final List<SessionEvent> events(SessionId id) {
        return store().events(id, Cursor.START, 1_000);
    }

    final List<Long> positions(SessionId id) {
        return events(id).stream().map(event -> event.cursor().sequence()).toList();
    }

    /** A request that is admitted to its responder. */
    final RequestId request(SessionId requester, SessionId responder, boolean toHandle) {
        return request(requester, responder, toHandle, Optional.empty());
    }

    /** The same with a deadline. */
    final RequestId request(SessionId requester, SessionId responder, boolean toHandle, Optional<Instant> deadline) {
        RequestId id = new RequestId(uuid());
        InputBody body = new InputBody.PeerRequest(
                sender("a"), id, CommsCommand.PeerRequest.to("b", "review", Json.EMPTY_OBJECT));
        AppendResult result = done(store().append(new InputAppend(
                responder, input(body), new Correlation.Opens(id, requester, toHandle, deadline), Optional.empty())));
        if (!(result instanceof AppendResult.Appended)) {
            throw new AssertionError("not admitted: " + result);
        }
        return id;
    }

    /** A response, as an append to its requester. */
    final InputAppend response(SessionId requester, SessionId responder, RequestId request, ResponseStatus status) {
        InputBody body = new InputBody.PeerResponse(
                sender("b"),
                new CommsCommand.PeerResponse(
                        PeerRef.named("a"),
                        request,
                        status,
                        Json.parse("{\"n\":1.10}"),
                        List.of(),
                        ContentTaint.UNDECLARED,
                        Optional.empty()));
        return new InputAppend(requester, input(body), new Correlation.Answers(request, responder), Optional.empty());
    }
}
