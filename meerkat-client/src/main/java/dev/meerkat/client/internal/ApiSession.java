package dev.meerkat.client.internal;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.ContentForm;
import dev.meerkat.wire.internal.form.InputForm;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.Out;
import dev.meerkat.wire.internal.form.RequestForm;
import dev.meerkat.wire.internal.form.ScheduleForm;
import dev.meerkat.wire.internal.form.ValueForm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A session of a server that has the calls of {@link ApiCall}: each method is one of them. Thread-safe. */
final class ApiSession implements Session {
    private static final String INPUT = "input_id";

    /** Nothing says when a peer answers. */
    private static final Duration ANY_TIME = Duration.ofNanos(Long.MAX_VALUE);

    private final RemoteContext context;
    private final SessionId id;
    private final Optional<Turn> initialTurn;

    ApiSession(RemoteContext context, SessionId id, @Nullable InputId firstPrompt) {
        this.context = context;
        this.id = id;
        this.initialTurn = Optional.ofNullable(firstPrompt).map(prompt -> new PromptTurn(prompt));
    }

    private <T> T ask(ApiCall call, Consumer<Out> params, Function<Node, T> reader) throws InterruptedException {
        return ask(call, params, false, reader);
    }

    private <T> T ask(ApiCall call, Consumer<Out> params, boolean keyed, Function<Node, T> reader)
            throws InterruptedException {
        context.checkOpen();
        return context.calls()
                .ask(call, id, ApiCall.write(out -> params.accept(out.id("session_id", id))), keyed, reader);
    }

    private void change(ApiCall call, Consumer<Out> params) throws InterruptedException {
        boolean unused = ask(call, params, in -> true);
    }

    private static void nothing(Out out) {
        // The session is all that is asked with.
    }

    private static boolean done(Node in) {
        return in.flag("done");
    }

    @Override
    public SessionId id() {
        return id;
    }

    @Override
    public SessionSnapshot snapshot() throws InterruptedException {
        return ask(ApiCall.SNAPSHOT, ApiSession::nothing, ValueForm::session);
    }

    @Override
    public Optional<Turn> initialTurn() {
        return initialTurn;
    }

    @Override
    public Turn startTurn(InputBody.Prompt prompt) throws InterruptedException {
        Values.present(prompt, "prompt");
        return ask(
                ApiCall.START_TURN,
                out -> out.object("prompt", prompt, InputForm::write),
                in -> new PromptTurn(InputId.of(in.text(INPUT))));
    }

    /** The cast holds, since the server answers each kind of command with its receipt. */
    @Override
    @SuppressWarnings("unchecked")
    public <R extends Receipt> R send(CommsCommand<R> command) throws InterruptedException {
        Values.present(command, "command");
        return (R) sent(ApiCall.SEND, command, ValueForm::receipt);
    }

    @Override
    public Reply request(CommsCommand.PeerRequest request) throws InterruptedException {
        Values.present(request, "request");
        return sent(ApiCall.REQUEST, request, this::reply);
    }

    /** The answer names the candidates, and the peers are more than their names. */
    private <T> T sent(ApiCall call, CommsCommand<?> command, Function<Node, T> reader) throws InterruptedException {
        try {
            return ask(call, out -> out.object("command", command, ValueForm::write), reader);
        } catch (PeerNotFoundException e) {
            throw new PeerNotFoundException(e.asked(), peers());
        } catch (PeerAmbiguousException e) {
            List<Peer> named = peers().stream()
                    .filter(peer -> e.asked() instanceof PeerRef.ByName name
                            && name.name().equals(peer.name()))
                    .toList();
            throw new PeerAmbiguousException(e.asked(), named);
        }
    }

    @Override
    public Reply reply(RequestId requestId) throws InterruptedException {
        Values.present(requestId, "request_id");
        return ask(ApiCall.REPLY, out -> out.id("request_id", requestId), this::reply);
    }

    private Reply reply(Node in) {
        return new RequestReply(RequestId.of(in.text("request_id")));
    }

    @Override
    public List<Peer> peers() throws InterruptedException {
        return ask(ApiCall.PEERS, ApiSession::nothing, in -> in.list("peers", ValueForm::peer));
    }

    @Override
    public EventOutcome sendExternalEvent(ExternalEvent event) throws InterruptedException {
        Values.present(event, "event");
        boolean keyed = event.idempotencyKey().isPresent();
        EventOutcome outcome = ask(
                ApiCall.EXTERNAL_EVENT,
                out -> out.object("event", event, ValueForm::write),
                keyed,
                ValueForm::eventOutcome);
        return context.woken(this, event, outcome);
    }

    @Override
    public boolean injectContext(ContextNote note) throws InterruptedException {
        Values.present(note, "note");
        return ask(ApiCall.INJECT_CONTEXT, out -> out.object("note", note, RequestForm::write), ApiSession::done);
    }

    @Override
    public EventOutcome deliverPeerAnswer(PeerAnswer answer) throws InterruptedException {
        Values.present(answer, "answer");
        return ask(
                ApiCall.DELIVER_PEER_ANSWER,
                out -> out.object("answer", answer, RequestForm::write),
                ValueForm::eventOutcome);
    }

    @Override
    public Optional<InputStatus> inputStatus(InputId inputId) throws InterruptedException {
        Values.present(inputId, INPUT);
        return ask(
                ApiCall.INPUT_STATUS,
                out -> out.id(INPUT, inputId),
                in -> in.has("status") ? Optional.of(ValueForm.inputStatus(in.object("status"))) : Optional.empty());
    }

    @Override
    public DeadLetterPage deadLetters(int offset, int limit) throws InterruptedException {
        checkPage(offset, limit);
        return ask(
                ApiCall.DEAD_LETTERS,
                out -> out.number("offset", offset).number("limit", limit),
                ValueForm::deadLetterPage);
    }

    static void checkPage(long offset, int limit) {
        Values.range(offset, "offset", 0, Long.MAX_VALUE);
        Values.range(limit, "limit", 1, Limits.PAGE_ROWS);
    }

    @Override
    public void redrive(InputId inputId) throws InterruptedException {
        Values.present(inputId, INPUT);
        change(ApiCall.REDRIVE, out -> out.id(INPUT, inputId));
    }

    @Override
    public void discard(InputId inputId) throws InterruptedException {
        Values.present(inputId, INPUT);
        change(ApiCall.DISCARD, out -> out.id(INPUT, inputId));
    }

    @Override
    public boolean unpark() throws InterruptedException {
        return ask(ApiCall.UNPARK, ApiSession::nothing, ApiSession::done);
    }

    @Override
    public Schedule schedule(ScheduleSpec spec) throws InterruptedException {
        Values.present(spec, "spec");
        return ask(
                ApiCall.SCHEDULE,
                out -> out.object("spec", spec, ScheduleForm::write),
                spec.key().isPresent(),
                ScheduleForm::schedule);
    }

    @Override
    public List<Schedule> schedules() throws InterruptedException {
        return ask(ApiCall.SCHEDULES, ApiSession::nothing, in -> in.list("schedules", ScheduleForm::schedule));
    }

    @Override
    public boolean cancel(ScheduleId schedule) throws InterruptedException {
        Values.present(schedule, "schedule_id");
        return ask(ApiCall.CANCEL_SCHEDULE, out -> out.id("schedule_id", schedule), ApiSession::done);
    }

    @Override
    public EventStream events(Cursor after) throws InterruptedException {
        Values.present(after, "after");
        Cursor last = last();
        if (after.compareTo(last) > 0) {
            throw new InvalidFieldException("after", after.toString(), "is ahead of the log, which ends at " + last);
        }
        return ApiEventStream.open(context, id, false, after);
    }

    @Override
    public EventStream eventsFromNow() throws InterruptedException {
        return ApiEventStream.open(context, id, true, last());
    }

    private Cursor last() throws InterruptedException {
        return snapshot().lastCursor().orElse(Cursor.START);
    }

    @Override
    public HistoryPage history(long offset, int limit) throws InterruptedException {
        checkPage(offset, limit);
        return ask(ApiCall.HISTORY, out -> out.number("offset", offset).number("limit", limit), ValueForm::historyPage);
    }

    @Override
    public InterruptOutcome interrupt() throws InterruptedException {
        return ask(ApiCall.INTERRUPT, ApiSession::nothing, ValueForm::interruptOutcome);
    }

    @Override
    public InterruptOutcome interrupt(TurnId turn) throws InterruptedException {
        Values.present(turn, "turn_id");
        return ask(ApiCall.INTERRUPT, out -> out.id("turn_id", turn), ValueForm::interruptOutcome);
    }

    @Override
    public void changeKeepAlive(boolean keepAlive) throws InterruptedException {
        change(ApiCall.CHANGE_KEEP_ALIVE, out -> out.flag("keep_alive", keepAlive));
    }

    @Override
    public void archive() throws InterruptedException {
        change(ApiCall.ARCHIVE, ApiSession::nothing);
    }

    /** The turn of a prompt. */
    private final class PromptTurn implements Turn {
        private final InputId prompt;
        private final ApiWait<TurnOutcome> end;

        PromptTurn(InputId prompt) {
            this.prompt = prompt;
            this.end = new ApiWait<>(
                    context,
                    ApiCall.TURN_END,
                    id,
                    out -> out.id(INPUT, prompt),
                    ValueForm::turnOutcome,
                    context.timeouts().turn());
        }

        @Override
        public Optional<InputId> inputId() {
            return Optional.of(prompt);
        }

        @Override
        public Optional<TurnId> turnId() {
            return end.known().flatMap(TurnOutcome::turnId);
        }

        @Override
        public Optional<TurnOutcome> await(Duration timeout) throws InterruptedException {
            return end.await(timeout);
        }

        @Override
        public CompletionStage<TurnOutcome> completion() {
            return end.completion();
        }

        @Override
        public void cancel() throws InterruptedException {
            change(ApiCall.CANCEL_TURN, out -> out.id(INPUT, prompt));
        }
    }

    /** The reply to a request. */
    private final class RequestReply implements Reply {
        private final RequestId request;
        private final ApiWait<PeerReply> end;

        RequestReply(RequestId request) {
            this.request = request;
            this.end = new ApiWait<>(
                    context, ApiCall.REPLY_END, id, out -> out.id("request_id", request), ContentForm::reply, ANY_TIME);
        }

        @Override
        public RequestId requestId() {
            return request;
        }

        @Override
        public Optional<PeerReply> await(Duration timeout) throws InterruptedException {
            return end.await(timeout);
        }

        @Override
        public CompletionStage<PeerReply> completion() {
            return end.completion();
        }
    }
}
