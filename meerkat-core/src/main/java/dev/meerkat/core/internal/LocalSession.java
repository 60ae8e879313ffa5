package dev.meerkat.core.internal;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDeadLetterException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.StagedIngress;
import dev.meerkat.core.internal.events.LocalEventStream;
import dev.meerkat.core.internal.peer.LocalReply;
import dev.meerkat.core.internal.peer.PeerAnswers;
import dev.meerkat.core.internal.peer.Receipts;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.Admission;
import dev.meerkat.core.internal.session.FencedFault;
import dev.meerkat.core.internal.session.Peers;
import dev.meerkat.core.internal.session.Registry;
import dev.meerkat.core.internal.session.SessionLoop;
import dev.meerkat.core.internal.session.SessionSchedules;
import dev.meerkat.core.internal.session.Snapshots;
import dev.meerkat.core.internal.session.TurnCallers;
import dev.meerkat.core.internal.session.UnknownOutcomes;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.DeadLetterChange;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.TurnRecord;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The handle on a session of this JVM. */
final class LocalSession implements StagedIngress {
    private final Kernel kernel;
    private final Registry registry;
    private volatile SessionLoop loop;
    private final @Nullable Nodes nodes;
    private final @Nullable Turn initialTurn;

    LocalSession(SessionLoop loop, Registry registry, @Nullable Nodes nodes, @Nullable Turn initialTurn) {
        this.kernel = loop.kernel;
        this.loop = loop;
        this.registry = registry;
        this.nodes = nodes;
        this.initialTurn = initialTurn;
    }

    /** The loop that works for the session. */
    private SessionLoop loop() {
        SessionLoop now = loop;
        if (now.state.fence.raised() || kernel.shared()) {
            now = registry.loop(now.id);
            loop = now;
        }
        return now;
    }

    /** The same, with what others may have changed. */
    private SessionLoop fresh() {
        kernel.checkOpen();
        loop = registry.fresh(loop.id);
        return loop;
    }

    @Override
    public SessionId id() {
        return loop.id;
    }

    @Override
    public Optional<Turn> initialTurn() {
        return Optional.ofNullable(initialTurn);
    }

    @Override
    public SessionSnapshot snapshot() {
        return Snapshots.of(loop().state, stored());
    }

    private StoredSession stored() {
        kernel.checkOpen();
        return kernel.store.load(loop.id).orElseThrow(() -> new SessionNotFoundException(loop.id.toString()));
    }

    @Override
    public Turn startTurn(InputBody.Prompt prompt) throws InterruptedException {
        checkValue(prompt, "prompt");
        InputId id = new InputId(kernel.env.ids().next());
        SessionLoop here = loop();
        LocalTurn turn = new LocalTurn(here, id);
        boolean admitted = false;
        try {
            Cursor position = new Admission(here).admit(kernel.input(id, Track.PROMPT, prompt));
            admitted = true;
            if (nodes != null) {
                nodes.expect(here, id, position);
            }
            if (kernel.owns(here.id)) {
                TurnCallers.tellParked(here.state);
            }
            return turn;
        } finally {
            if (!admitted) {
                turn.forget();
            }
        }
    }

    @Override
    public <R extends Receipt> R send(CommsCommand<R> command) throws InterruptedException {
        return send(command, kernel.env.ids().next());
    }

    @Override
    public <R extends Receipt> R send(CommsCommand<R> command, UUID id) throws InterruptedException {
        if (command instanceof CommsCommand.Input input) {
            InputBody body = new InputBody.Local(input);
            boolean isNew = new Admission(loop()).admitOnce(kernel.input(new InputId(id), Track.of(body), body));
            return Receipts.of(command, id, kernel.stored(!isNew));
        }
        return Receipts.of(command, id, send(command, id, false));
    }

    private Delivery send(CommsCommand<?> command, UUID id, boolean toHandle) throws InterruptedException {
        checkValue(command, "command");
        kernel.checkOpen();
        SessionLoop here = fresh();
        here.state.checkLive();
        Envelope envelope;
        try {
            envelope = here.peers().envelope(here.state, command, id, toHandle, false);
        } catch (NotDoneException e) {
            kernel.refused(loop.id, e);
            throw e;
        }
        Peers peers = here.peers();
        if (!kernel.owns(here.id)) {
            // What the owner has sent before comes first.
            here.outbox.get().readAgain();
        }
        Delivery delivery = here.outbox
                .get()
                .send(envelope.to().session(), id, () -> peers.needsRoom(envelope), () -> peers.deliver(envelope));
        here.state.signal();
        kernel.listeners.sent(envelope);
        return delivery;
    }

    @Override
    public Reply request(CommsCommand.PeerRequest request) throws InterruptedException {
        checkValue(request, "request");
        UUID id = kernel.env.ids().next();
        send(request, id, true);
        return new LocalReply(loop().state, new RequestId(id));
    }

    @Override
    public Reply reply(RequestId requestId) {
        checkValue(requestId, "request_id");
        kernel.checkOpen();
        boolean known = kernel.store
                .request(requestId)
                .filter(request -> request.requester().equals(loop.id) && request.toHandle())
                .isPresent();
        if (!known) {
            throw new RequestNotFoundException(requestId, "is no request of this session's handles");
        }
        return new LocalReply(loop().state, requestId);
    }

    @Override
    public List<Peer> peers() {
        kernel.checkOpen();
        SessionLoop here = fresh();
        here.state.checkLive();
        return here.peers().of(here.state);
    }

    @Override
    public EventOutcome sendExternalEvent(ExternalEvent event) throws InterruptedException {
        NewInput input = input(event);
        try {
            return new Admission(loop()).event(input, event);
        } catch (LaneFullException e) {
            return new EventOutcome.Refused(e);
        }
    }

    @Override
    public CompletionStage<EventOutcome> admit(ExternalEvent event) {
        NewInput input = input(event);
        try {
            return new Admission(loop()).staged(input, event);
        } catch (LaneFullException e) {
            return CompletableFuture.completedFuture(new EventOutcome.Refused(e));
        } catch (MeerkatException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private NewInput input(ExternalEvent event) {
        checkValue(event, "event");
        InputId id = new InputId(kernel.env.ids().next());
        return kernel.input(id, Track.EXTERNAL, new InputBody.External(event));
    }

    @Override
    public boolean injectContext(ContextNote note) throws InterruptedException {
        checkValue(note, "note");
        return Boolean.parseBoolean(OwnerCall.inject(note).done(fresh()));
    }

    @Override
    public EventOutcome deliverPeerAnswer(PeerAnswer answer) throws InterruptedException {
        checkValue(answer, "answer");
        return new PeerAnswers(fresh(), registry).admit(answer);
    }

    @Override
    public Optional<InputStatus> inputStatus(InputId inputId) {
        checkValue(inputId, "input_id");
        StoredSession stored = stored();
        return kernel.store
                .place(loop.id, inputId)
                .map(place -> status(inputId, place, stored.standing().progress()));
    }

    private static InputStatus status(InputId input, InputPlace place, SessionProgress progress) {
        Optional<Cursor> position = Optional.of(place.position());
        TurnRecord open = progress.turn();
        FailedInput failed = place.failed().orElse(null);
        if (failed != null && open != null && open.id().equals(failed.turn().id())) {
            return new InputStatus(input, position, InputStatus.State.STAGED, open.attempt());
        }
        if (failed != null) {
            InputStatus.State state = switch (failed.state()) {
                case HELD -> InputStatus.State.STAGED;
                case SET_ASIDE -> InputStatus.State.SET_ASIDE;
                case DEAD -> InputStatus.State.DEAD_LETTERED;
                case DISCARDED -> InputStatus.State.DISCARDED;
                case HANDLED -> InputStatus.State.CONSUMED;
                case EXPIRED -> InputStatus.State.EXPIRED;
            };
            return new InputStatus(input, position, state, failed.turn().attempt());
        }
        if (place.number() <= progress.consumed().get(place.track())) {
            return new InputStatus(input, position, InputStatus.State.CONSUMED, 1);
        }
        return open != null && place.number() <= open.staged().get(place.track())
                ? new InputStatus(input, position, InputStatus.State.STAGED, open.attempt())
                : new InputStatus(input, position, InputStatus.State.QUEUED, 0);
    }

    @Override
    public DeadLetterPage deadLetters(int offset, int limit) {
        kernel.checkOpen();
        return DeadLetters.page(kernel, loop.id, offset, limit);
    }

    @Override
    public void redrive(InputId inputId) throws InterruptedException {
        change(inputId, DeadLetterChange.Kind.REDRIVE);
    }

    @Override
    public void discard(InputId inputId) throws InterruptedException {
        change(inputId, DeadLetterChange.Kind.DISCARD);
    }

    private void change(InputId inputId, DeadLetterChange.Kind kind) throws InterruptedException {
        checkValue(inputId, "input_id");
        kernel.checkOpen();
        SessionLoop here = fresh();
        here.state.checkLive();
        DeadLetterChange change = new DeadLetterChange(loop.id, inputId, kind, kernel.now());
        CompletionStage<ChangeResult> stored =
                kernel.store.change(change).whenComplete((changed, failure) -> changed(here, changed, failure));
        ChangeResult result = kernel.await(stored, inputId.value());
        if (result instanceof Fenced fenced) {
            throw FencedFault.refusal(here.id, fenced);
        }
        if (result instanceof ChangeResult.Absent) {
            throw new NotDeadLetterException(here.id, inputId);
        }
    }

    /** On the store's thread, or the caller's; also when the caller no longer waits. */
    private static void changed(SessionLoop here, @Nullable ChangeResult result, @Nullable Throwable failure) {
        if (result instanceof ChangeResult.Done) {
            here.redriven();
        } else if (result instanceof Fenced fenced) {
            here.fenced(fenced);
        } else if (Kernel.unknown(failure)) {
            UnknownOutcomes.resolve(here.kernel, here.id, here::redriven);
        }
    }

    @Override
    public boolean unpark() throws InterruptedException {
        return Boolean.parseBoolean(OwnerCall.unpark().done(fresh()));
    }

    @Override
    public Schedule schedule(ScheduleSpec spec) throws InterruptedException {
        checkValue(spec, "spec");
        kernel.checkOpen();
        return new SessionSchedules(fresh().state).add(spec);
    }

    @Override
    public List<Schedule> schedules() {
        kernel.checkOpen();
        return new SessionSchedules(loop().state).all();
    }

    @Override
    public boolean cancel(ScheduleId schedule) throws InterruptedException {
        checkValue(schedule, "schedule_id");
        return new SessionSchedules(loop().state).cancel(schedule);
    }

    @Override
    public EventStream events(Cursor after) {
        checkValue(after, "after");
        Cursor last = stored().log().last();
        if (after.compareTo(last) > 0) {
            throw new InvalidFieldException("after", after.toString(), "is ahead of the log, which ends at " + last);
        }
        return new LocalEventStream(loop().state, after, after, last);
    }

    @Override
    public EventStream eventsFromNow() {
        Cursor last = stored().log().last();
        return new LocalEventStream(loop().state, last, Cursor.START, last);
    }

    @Override
    public HistoryPage history(long offset, int limit) {
        kernel.checkOpen();
        return Snapshots.history(loop().state, offset, limit);
    }

    @Override
    public InterruptOutcome interrupt() throws InterruptedException {
        kernel.checkOpen();
        return OwnerCall.interrupted(OwnerCall.interrupt(Optional.empty()).done(fresh()));
    }

    @Override
    public InterruptOutcome interrupt(TurnId turn) throws InterruptedException {
        checkValue(turn, "turn_id");
        kernel.checkOpen();
        return OwnerCall.interrupted(OwnerCall.interrupt(Optional.of(turn)).done(fresh()));
    }

    @Override
    public void changeKeepAlive(boolean keepAlive) throws InterruptedException {
        SessionLoop here = fresh();
        if (keepAlive && here.state.spec.commsName().isEmpty()) {
            throw new InvalidFieldException("keep_alive", "true", "needs a session with a comms name");
        }
        String unused = OwnerCall.keepAlive(keepAlive).done(here);
    }

    @Override
    public void archive() throws InterruptedException {
        String unused = OwnerCall.archive().done(fresh());
    }

    static void checkValue(@Nullable Object value, String field) {
        if (value == null) {
            throw new InvalidFieldException(field, "null", "must not be null");
        }
    }

    @Override
    public String toString() {
        return "Session[" + loop.id + "]";
    }
}
