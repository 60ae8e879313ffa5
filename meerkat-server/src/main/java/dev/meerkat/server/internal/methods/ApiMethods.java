package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.InputForm;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.Out;
import dev.meerkat.wire.internal.form.RequestForm;
import dev.meerkat.wire.internal.form.ScheduleForm;
import dev.meerkat.wire.internal.form.SpecForm;
import dev.meerkat.wire.internal.form.StoredCommandForm;
import dev.meerkat.wire.internal.form.ValueForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** The calls of {@link ApiCall}: each is one of {@link Meerkat} or {@link Session}. */
final class ApiMethods {
    private static final String SESSION = "session_id";
    private static final String INPUT = "input_id";
    private static final long MOST_WAIT_MILLIS = 60_000;

    private final Meerkat meerkat;
    private final Operations operations;
    private final Sessions sessions;
    private final DeadLetterPages letters;
    private final Workers workers;
    private final HeldEnds ends;

    ApiMethods(Meerkat meerkat, Operations operations, Sessions sessions, DeadLetterPages letters, Workers workers) {
        this.meerkat = meerkat;
        this.operations = operations;
        this.sessions = sessions;
        this.letters = letters;
        this.workers = workers;
        this.ends = new HeldEnds(workers);
    }

    /** Carries out a call; gives the fields of its result. */
    private interface Call {
        Consumer<Out> answer(Node in, Caller caller) throws InterruptedException;
    }

    /** Carries out a call on a session; gives the fields of its result. */
    private interface SessionCall {
        Consumer<Out> answer(Session session, Node in) throws InterruptedException;
    }

    /** Changes a session, with no result. */
    private interface SessionChange {
        void make(Session session, Node in) throws InterruptedException;
    }

    /** Waits for what ends later. */
    private interface Wait {
        void begin(Session session, Node in, Duration wait, Pending<ObjectNode> pending) throws InterruptedException;
    }

    /** All by their methods, which {@code initialize} does not list. */
    Map<String, BiFunction<Params, Caller, PendingCall<ObjectNode>>> calls() {
        Map<String, BiFunction<Params, Caller, PendingCall<ObjectNode>>> calls = new HashMap<>();
        for (ApiCall call : ApiCall.values()) {
            calls.put(call.method(), method(call));
        }
        return calls;
    }

    private BiFunction<Params, Caller, PendingCall<ObjectNode>> method(ApiCall call) {
        return switch (call) {
            case CREATE -> direct(this::create);
            case OPEN -> change((session, in) -> {});
            case FIND -> direct((in, caller) -> find(in));
            case LIST -> direct((in, caller) -> value(list(RequestForm.query(in))));
            case DELETE ->
                direct((in, caller) -> {
                    sessions.delete(in.text(SESSION));
                    return out -> {};
                });
            case ALL_DEAD_LETTERS ->
                reading((in, caller) -> value(letters.all(in.smallNumber("offset"), in.smallNumber("limit"))));
            case SNAPSHOT -> of((session, in) -> value(session.snapshot()));
            case START_TURN -> direct(this::startTurn);
            case TURN_END -> waiting((session, in, wait, pending) -> ends.awaitTurn(input(in), wait, pending));
            case CANCEL_TURN -> change((session, in) -> ends.turn(input(in)).cancel());
            case SEND -> of((session, in) -> value(session.send(StoredCommandForm.read(in.object("command")))));
            case REQUEST ->
                of((session, in) -> {
                    RequestId id = session.request(StoredCommandForm.request(in.object("command")))
                            .requestId();
                    return out -> out.id("request_id", id);
                });
            case REPLY ->
                of((session, in) -> {
                    RequestId id = session.reply(request(in)).requestId();
                    return out -> out.id("request_id", id);
                });
            case REPLY_END ->
                waiting((session, in, wait, pending) -> ends.awaitReply(session, request(in), wait, pending));
            case PEERS ->
                of((session, in) -> {
                    var peers = session.peers();
                    return out -> out.objects("peers", peers, ValueForm::write);
                });
            case EXTERNAL_EVENT -> this::externalEvent;
            default -> ofSession(call);
        };
    }

    private BiFunction<Params, Caller, PendingCall<ObjectNode>> ofSession(ApiCall call) {
        return switch (call) {
            case INJECT_CONTEXT ->
                of((session, in) -> flag(session.injectContext(RequestForm.note(in.object("note")))));
            case DELIVER_PEER_ANSWER ->
                of((session, in) -> value(session.deliverPeerAnswer(RequestForm.answer(in.object("answer")))));
            case INPUT_STATUS ->
                of((session, in) -> {
                    var status = session.inputStatus(input(in));
                    return out -> out.object("status", status.orElse(null), ValueForm::write);
                });
            case DEAD_LETTERS ->
                reading((in, caller) ->
                        value(letters.of(session(in), in.smallNumber("offset"), in.smallNumber("limit"))));
            case REDRIVE -> change((session, in) -> session.redrive(input(in)));
            case DISCARD -> change((session, in) -> session.discard(input(in)));
            case SCHEDULE -> of((session, in) -> value(session.schedule(ScheduleForm.spec(in.object("spec")))));
            case SCHEDULES ->
                reading((in, caller) -> {
                    var schedules = session(in).schedules();
                    return out -> out.objects("schedules", schedules, ValueForm::write);
                });
            case CANCEL_SCHEDULE -> of((session, in) -> flag(session.cancel(ScheduleId.of(in.text("schedule_id")))));
            case UNPARK -> of((session, in) -> flag(session.unpark()));
            case HISTORY ->
                reading((in, caller) -> value(history(session(in), in.number("offset"), in.smallNumber("limit"))));
            case INTERRUPT ->
                of((session, in) -> value(
                        in.has("turn_id") ? session.interrupt(TurnId.of(in.text("turn_id"))) : session.interrupt()));
            case CHANGE_KEEP_ALIVE -> change((session, in) -> session.changeKeepAlive(in.flag("keep_alive")));
            case ARCHIVE -> change((session, in) -> session.archive());
            default -> throw new IllegalArgumentException("nobody carries out " + call);
        };
    }

    private BiFunction<Params, Caller, PendingCall<ObjectNode>> direct(Call call) {
        return (params, caller) -> operations.start(() -> answer(params, caller, call));
    }

    /** Its answers may be large. */
    private BiFunction<Params, Caller, PendingCall<ObjectNode>> reading(Call call) {
        return (params, caller) -> operations.startReading(() -> answer(params, caller, call));
    }

    private static ObjectNode answer(Params params, Caller caller, Call call) throws InterruptedException {
        return ApiCall.write(call.answer(node(params), caller));
    }

    private BiFunction<Params, Caller, PendingCall<ObjectNode>> of(SessionCall call) {
        return direct((in, caller) -> call.answer(session(in), in));
    }

    private BiFunction<Params, Caller, PendingCall<ObjectNode>> change(SessionChange change) {
        return direct((in, caller) -> {
            change.make(session(in), in);
            return out -> {};
        });
    }

    private BiFunction<Params, Caller, PendingCall<ObjectNode>> waiting(Wait wait) {
        return (params, caller) -> {
            Pending<ObjectNode> pending = operations.pending();
            pending.runOn(workers, () -> {
                Node in = node(params);
                long millis = Math.max(0, Math.min(in.number("wait_millis"), MOST_WAIT_MILLIS));
                wait.begin(session(in), in, Duration.ofMillis(millis), pending);
            });
            return pending;
        };
    }

    private static Node node(Params params) {
        return ApiCall.read(params.tree(), Function.identity());
    }

    private static Consumer<Out> value(HasJson value) {
        return out -> ValueForm.write(out, value);
    }

    private static Consumer<Out> flag(boolean done) {
        return out -> out.flag("done", done);
    }

    private static InputId input(Node in) {
        return InputId.of(in.text(INPUT));
    }

    private static RequestId request(Node in) {
        return RequestId.of(in.text("request_id"));
    }

    private Session session(Node in) throws InterruptedException {
        return sessions.open(in.text(SESSION));
    }

    // --- the Meerkat ------------------------------------------------------------------------------

    private Consumer<Out> create(Node in, Caller caller) throws InterruptedException {
        SessionSpec spec = SpecForm.read(in.object("spec"));
        checkRealm(spec.realm());
        Runnable over = caller.creating();
        try {
            Session session = meerkat.create(spec.withRealm(operations.realm()));
            caller.engaged(session.id(), true, false);
            return out -> {
                out.id(SESSION, session.id());
                session.initialTurn().ifPresent(turn -> out.id(INPUT, ends.hold(turn)));
            };
        } finally {
            over.run();
        }
    }

    /** A server serves one realm, which is the default one to its clients. */
    private void checkRealm(String asked) {
        if (!asked.equals(SessionSpec.DEFAULT_REALM) && !asked.equals(operations.realm())) {
            throw new NotSupportedException("realm cannot be chosen at a server, which has one of its own: " + asked);
        }
    }

    private Consumer<Out> find(Node in) throws InterruptedException {
        checkRealm(in.text("realm"));
        SessionId id = meerkat.open(operations.realm(), in.text("comms_name")).id();
        return out -> out.id(SESSION, id);
    }

    private SessionPage list(SessionQuery query) throws InterruptedException {
        List<SessionSnapshot> found = sessions.list(query, query.limit() + 1);
        boolean more = found.size() > query.limit();
        return new SessionPage(more ? found.subList(0, query.limit()) : found, more);
    }

    // --- turns and reads --------------------------------------------------------------------------

    private Consumer<Out> startTurn(Node in, Caller caller) throws InterruptedException {
        Session session = session(in);
        InputBody body = InputForm.read(in.object("prompt"));
        if (!(body instanceof InputBody.Prompt prompt)) {
            throw new InvalidFieldException("prompt", body.getType(), "must be a prompt");
        }
        caller.engaged(session.id(), false, false);
        InputId input = ends.hold(session.startTurn(prompt));
        return out -> out.id(INPUT, input);
    }

    /** A page that is too large for one answer has fewer entries; the client reads on. */
    private static HistoryPage history(Session session, long offset, int limit) throws InterruptedException {
        List<TranscriptEntry> entries = new ArrayList<>();
        PageSize size = new PageSize();
        HistoryPage page = session.history(offset, Math.min(limit, size.rows()));
        long first = page.offset();
        long chars = 0;
        while (true) {
            long before = chars;
            for (TranscriptEntry entry : page.entries()) {
                if (chars < PageSize.CHARS) {
                    entries.add(entry);
                    chars += entry.toJson().text().length();
                }
            }
            size.came(chars - before);
            int left = limit - entries.size();
            if (page.entries().isEmpty() || left == 0 || chars >= PageSize.CHARS || !page.hasMore()) {
                return new HistoryPage(entries, first, page.messageCount());
            }
            page = session.history(offset + entries.size(), Math.min(left, size.rows()));
        }
    }

    private PendingCall<ObjectNode> externalEvent(Params params, Caller caller) {
        Node in = node(params);
        return operations
                .sendExternalEvent(in.text(SESSION), InputForm.event(in.object("event")))
                .as(outcome -> ApiCall.write(value(outcome)));
    }
}
