package dev.meerkat.core.internal;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Cursor;
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
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.StagedIngress;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.NewInput;
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
    private final SessionLoop loop;
    private final Admission admission;
    private final @Nullable Turn initialTurn;

    LocalSession(SessionLoop loop, @Nullable Turn initialTurn) {
        this.kernel = loop.kernel;
        this.loop = loop;
        this.admission = new Admission(loop);
        this.initialTurn = initialTurn;
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
        return Snapshots.of(loop, stored());
    }

    private StoredSession stored() {
        kernel.checkOpen();
        return kernel.store.load(loop.id).orElseThrow();
    }

    @Override
    public Turn startTurn(InputBody.Prompt prompt) throws InterruptedException {
        checkValue(prompt, "prompt");
        InputId id = new InputId(kernel.env.ids().next());
        LocalTurn turn = new LocalTurn(loop, id);
        boolean admitted = false;
        try {
            admission.admit(new NewInput(id, kernel.now(), Track.PROMPT, prompt));
            admitted = true;
            return turn;
        } finally {
            if (!admitted) {
                turn.forget();
            }
        }
    }

    @Override
    public <R extends Receipt> R send(CommsCommand<R> command) throws InterruptedException {
        UUID id = kernel.env.ids().next();
        if (command instanceof CommsCommand.Input input) {
            InputBody body = new InputBody.Local(input);
            admission.admit(new NewInput(new InputId(id), kernel.now(), Track.of(body), body));
            return Receipts.of(command, id, kernel.stored(false));
        }
        return Receipts.of(command, id, send(command, id, false));
    }

    private Delivery send(CommsCommand<?> command, UUID id, boolean toHandle) throws InterruptedException {
        checkValue(command, "command");
        kernel.checkOpen();
        loop.checkLive();
        Envelope envelope;
        try {
            envelope = loop.links.sends().envelope(loop, command, id, toHandle);
        } catch (NotDoneException e) {
            kernel.tell(l -> l.refused(loop.id, e.code()));
            throw e;
        }
        InputAppend.Note note = new InputAppend.Note(
                loop.id,
                cursor ->
                        new SessionEvent.PeerSent(cursor, envelope.at(), envelope.id(), envelope.to(), command.kind()));
        Delivery delivery = kernel.await(loop.links.sends().deliver(envelope, note), id);
        loop.links.signal();
        return delivery;
    }

    @Override
    public Reply request(CommsCommand.PeerRequest request) throws InterruptedException {
        UUID id = kernel.env.ids().next();
        send(request, id, true);
        return new LocalReply(kernel, new RequestId(id));
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
        return new LocalReply(kernel, requestId);
    }

    @Override
    public List<Peer> peers() {
        kernel.checkOpen();
        loop.checkLive();
        return loop.links.sends().directory().peers(loop);
    }

    @Override
    public EventOutcome sendExternalEvent(ExternalEvent event) throws InterruptedException {
        NewInput input = input(event);
        try {
            return admission.event(input, event);
        } catch (LaneFullException e) {
            return new EventOutcome.Refused(e);
        }
    }

    @Override
    public CompletionStage<EventOutcome> admit(ExternalEvent event) {
        NewInput input = input(event);
        try {
            return admission.staged(input, event);
        } catch (LaneFullException e) {
            return CompletableFuture.completedFuture(new EventOutcome.Refused(e));
        } catch (MeerkatException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private NewInput input(ExternalEvent event) {
        checkValue(event, "event");
        InputId id = new InputId(kernel.env.ids().next());
        return new NewInput(id, kernel.now(), Track.EXTERNAL, new InputBody.External(event));
    }

    @Override
    public boolean injectContext(ContextNote note) throws InterruptedException {
        checkValue(note, "note");
        return new Asides(loop).injectContext(note);
    }

    @Override
    public EventOutcome answerFor(PeerAnswer answer) throws InterruptedException {
        checkValue(answer, "answer");
        return new PeerAnswers(loop).admit(answer);
    }

    @Override
    public Optional<InputStatus> inputStatus(InputId inputId) {
        checkValue(inputId, "input_id");
        StoredSession stored = stored();
        return kernel.store
                .place(loop.id, inputId)
                .map(place -> new InputStatus(inputId, place.position(), state(place, stored)));
    }

    private static InputStatus.State state(InputPlace place, StoredSession stored) {
        TurnRecord turn = stored.progress().turn();
        if (place.deadLettered()) {
            return InputStatus.State.DEAD_LETTERED;
        }
        if (place.number() <= stored.progress().consumed().get(place.track())) {
            return InputStatus.State.CONSUMED;
        }
        return turn != null && place.number() <= turn.staged().get(place.track())
                ? InputStatus.State.STAGED
                : InputStatus.State.QUEUED;
    }

    @Override
    public EventStream events(Cursor after) {
        checkValue(after, "after");
        Cursor last = stored().last();
        if (after.equals(Cursor.NOW)) {
            return new LocalEventStream(loop, last);
        }
        if (after.compareTo(last) > 0) {
            throw new InvalidFieldException("after", after.toString(), "is ahead of the log, which ends at " + last);
        }
        return new LocalEventStream(loop, after);
    }

    @Override
    public HistoryPage history(long offset, int limit) {
        kernel.checkOpen();
        return Snapshots.history(loop, offset, limit);
    }

    @Override
    public InterruptOutcome interrupt() throws InterruptedException {
        kernel.checkOpen();
        return loop.interrupt(null);
    }

    @Override
    public InterruptOutcome interrupt(TurnId turn) throws InterruptedException {
        checkValue(turn, "run_id");
        kernel.checkOpen();
        return loop.interrupt(turn);
    }

    @Override
    public void keepAlive(boolean keepAlive) throws InterruptedException {
        new Asides(loop).keepAlive(keepAlive);
    }

    @Override
    public void archive() throws InterruptedException {
        kernel.checkOpen();
        loop.archive();
    }

    private static void checkValue(@Nullable Object value, String field) {
        if (value == null) {
            throw new InvalidFieldException(field, "null", "must not be null");
        }
    }

    @Override
    public String toString() {
        return "Session[" + loop.id + "]";
    }
}
