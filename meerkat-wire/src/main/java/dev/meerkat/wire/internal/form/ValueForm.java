package dev.meerkat.wire.internal.form;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Lane;
import dev.meerkat.api.Parked;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * The public form of the values of the API, which is also the one between this project's client and server; that of what is
 * stored too is the stored form. What is not stored is read here.
 */
public final class ValueForm {
    private ValueForm() {}

    /** Writes a value as {@link HasJson#toJson} promises it. */
    public static String text(HasJson value) {
        return Out.text(out -> write(out, value));
    }

    /** Writes the fields of a value. */
    public static void write(Out out, HasJson value) {
        if (value instanceof SessionEvent event) {
            event(out, event);
        } else if (value instanceof TranscriptEntry entry) {
            TranscriptForm.write(out, entry);
        } else if (value instanceof AdmittedInput input) {
            InputForm.write(out, input);
        } else if (value instanceof InputBody body) {
            InputForm.write(out, body);
        } else if (value instanceof ExternalEvent event) {
            InputForm.write(out, event);
        } else if (value instanceof CommsCommand<?> command) {
            StoredCommandForm.write(out, command);
        } else if (value instanceof ContentBlock block) {
            ContentForm.write(out, block);
        } else if (value instanceof PeerReply reply) {
            ContentForm.write(out, reply);
        } else if (value instanceof ToolCall call) {
            ContentForm.write(out, call);
        } else if (value instanceof ToolRequest request) {
            ContentForm.write(out, request);
        } else {
            answer(out, value);
        }
    }

    /** What is told but not stored. */
    private static void answer(Out out, HasJson value) {
        if (value instanceof Receipt receipt) {
            receipt(out, receipt);
        } else if (value instanceof EventOutcome outcome) {
            outcome(out, outcome);
        } else if (value instanceof TurnOutcome outcome) {
            outcome(out, outcome);
        } else if (value instanceof InterruptOutcome outcome) {
            outcome(out, outcome);
        } else if (value instanceof SessionSnapshot session) {
            session(out, session);
        } else if (value instanceof SessionPage page) {
            out.objects("sessions", page.sessions(), ValueForm::session).flag("has_more", page.hasMore());
        } else if (value instanceof HistoryPage page) {
            out.objects("entries", page.entries(), TranscriptForm::write)
                    .number("offset", page.offset())
                    .number("message_count", page.messageCount())
                    .flag("has_more", page.hasMore());
        } else if (value instanceof DeadLetterPage page) {
            out.objects("dead_letters", page.deadLetters(), ValueForm::deadLetter)
                    .flag("has_more", page.hasMore());
        } else if (value instanceof DeadLetter letter) {
            deadLetter(out, letter);
        } else if (value instanceof InputStatus status) {
            out.id("input_id", status.id());
            position(out, status.position());
            out.constant("state", status.state()).number("attempts", status.attempts());
        } else if (value instanceof Schedule schedule) {
            ScheduleForm.write(out, schedule);
        } else if (value instanceof Peer peer) {
            peer(out, peer);
        } else {
            throw new IllegalArgumentException("no public form of " + value.getClass());
        }
    }

    private static void event(Out out, SessionEvent event) {
        out.number("cursor", event.cursor().sequence())
                .object("event", event, event instanceof SessionEvent.Live ? ValueForm::live : EventForm::write);
    }

    private static void live(Out out, SessionEvent event) {
        if (event instanceof SessionEvent.TextDelta delta) {
            out.text("type", "text_delta").id("turn_id", delta.turnId()).text("delta", delta.delta());
        } else if (event instanceof SessionEvent.ToolCallStarted call) {
            out.text("type", "tool_call_started")
                    .id("turn_id", call.turnId())
                    .text("name", call.name())
                    .json("arguments", call.arguments());
        } else if (event instanceof SessionEvent.Gap gap) {
            out.text("type", "gap");
            gap.dropped().ifPresent(dropped -> out.number("dropped", dropped));
        } else {
            throw new IllegalArgumentException("no public form of " + event.getClass());
        }
    }

    private static void receipt(Out out, Receipt receipt) {
        out.text("type", receipt.getType());
        Out unused = receipt.match(
                input -> out.id("id", input.inputId()),
                message -> out.id("id", message.envelopeId()),
                lifecycle -> out.id("id", lifecycle.envelopeId()),
                request -> out.id("id", request.envelopeId()).id("request_id", request.requestId()),
                response -> out.id("id", response.envelopeId()).id("in_reply_to", response.inReplyTo()));
        delivery(out, receipt.delivery());
    }

    private static void delivery(Out out, Delivery delivery) {
        if (delivery instanceof Delivery.Unrecognized unknown) {
            out.text("delivery", unknown.raw());
        } else {
            out.text("delivery", delivery.getType());
        }
        if (delivery instanceof Delivery.Durable durable) {
            out.flag("duplicate", durable.duplicate());
        }
    }

    private static void outcome(Out out, EventOutcome outcome) {
        out.text("outcome", outcome.getOutcome());
        if (outcome instanceof EventOutcome.Accepted accepted) {
            input(out, accepted.inputId());
            position(out, accepted.position());
            delivery(out, accepted.delivery());
        } else if (outcome instanceof EventOutcome.Duplicate duplicate) {
            input(out, Optional.of(duplicate.inputId()));
            position(out, duplicate.position());
            out.flag("redriven", duplicate.redriven());
        } else if (outcome instanceof EventOutcome.Conflict conflict) {
            input(out, conflict.existing());
            out.text("idempotency_key", conflict.idempotencyKey());
        } else if (outcome instanceof EventOutcome.Refused refused) {
            out.text("code", refused.reason().code())
                    .text("message", refused.reason().getMessage())
                    .id("session_id", refused.session())
                    .constant("lane", refused.lane())
                    .text("bound", refused.bound())
                    .number("retry_after_millis", refused.retryAfter().toMillis());
        }
    }

    private static void outcome(Out out, TurnOutcome outcome) {
        out.text("outcome", outcome.getOutcome());
        turn(out, outcome.turnId());
        if (outcome instanceof TurnOutcome.Completed completed) {
            out.text("text", completed.text());
            UsageForm.write(out, completed.usage(), completed.finishReason());
        } else if (outcome instanceof TurnOutcome.Interrupted interrupted) {
            out.text("text", interrupted.text());
        } else if (outcome instanceof TurnOutcome.Parked parked) {
            out.text("code", parked.code()).text("message", parked.message());
        } else if (outcome instanceof TurnOutcome.Failed failed) {
            out.text("code", failed.code()).text("message", failed.message());
        }
    }

    private static void outcome(Out out, InterruptOutcome outcome) {
        out.text("outcome", outcome.getOutcome());
        if (outcome instanceof InterruptOutcome.Stopped stopped) {
            out.id("turn_id", stopped.turnId());
        } else if (outcome instanceof InterruptOutcome.Stopping stopping) {
            turn(out, stopping.turnId());
        }
    }

    private static void session(Out out, SessionSnapshot session) {
        out.id("session_id", session.id())
                .text("realm", session.realm())
                .text("comms_name", session.commsName().orElse(null))
                .text("peer_id", session.peerId().map(Object::toString).orElse(null))
                .constant("state", session.state())
                .flag("keep_alive", session.keepAlive())
                .text(
                        "running_turn",
                        session.runningTurn().map(Object::toString).orElse(null))
                .time("created_at", session.createdAt())
                .text("model", session.model().orElse(null));
        session.waitingComms().ifPresent(waiting -> out.number("waiting_comms", waiting));
        session.waitingExternal().ifPresent(waiting -> out.number("waiting_external", waiting));
        session.schedules()
                .ifPresent(schedules -> out.number("schedules", schedules.count())
                        .time("next_schedule", schedules.next().orElse(null)));
        session.lastCursor().ifPresent(last -> out.number("last_cursor", last.sequence()));
        out.number("message_count", session.messageCount())
                .text("last_answer", session.lastAnswer().orElse(null))
                .object(
                        "parked",
                        session.parked().orElse(null),
                        (o, parked) -> o.time("at", parked.at())
                                .text("code", parked.code())
                                .text("message", parked.message()))
                .map("labels", session.labels());
    }

    private static void peer(Out out, Peer peer) {
        out.id("peer_id", peer.id())
                .text("name", peer.name())
                .text("transport", peer.transport())
                .text("endpoint", peer.endpoint())
                .ids("sendable_kinds", new TreeSet<>(peer.sendableKinds()))
                .text("description", peer.meta().description())
                .map("labels", peer.meta().labels());
    }

    private static void deadLetter(Out out, DeadLetter letter) {
        out.id("session_id", letter.sessionId())
                .object("input", letter.input(), InputForm::write)
                .text("code", letter.code())
                .text("message", letter.message())
                .number("attempts", letter.attempts())
                .time("at", letter.at());
    }

    /** Reads an event, with its place. */
    public static SessionEvent event(Node in) {
        Cursor at = new Cursor(in.number("cursor"));
        Node event = in.object("event");
        return switch (event.text("type")) {
            case "text_delta" -> new SessionEvent.TextDelta(at, turn(event), event.text("delta"));
            case "tool_call_started" ->
                new SessionEvent.ToolCallStarted(at, turn(event), event.text("name"), event.json("arguments"));
            case "gap" -> new SessionEvent.Gap(at, count(event, "dropped"));
            default -> EventForm.read(event, at);
        };
    }

    /** Reads a receipt. */
    public static Receipt receipt(Node in) {
        Delivery delivery = delivery(in);
        String id = in.text("id");
        String type = in.text("type");
        return switch (type) {
            case "input_accepted" -> new Receipt.InputAccepted(InputId.of(id), delivery);
            case "peer_message_sent" -> new Receipt.PeerMessageSent(EnvelopeId.of(id), delivery);
            case "peer_lifecycle_sent" -> new Receipt.PeerLifecycleSent(EnvelopeId.of(id), delivery);
            case "peer_request_sent" ->
                new Receipt.PeerRequestSent(EnvelopeId.of(id), RequestId.of(in.text("request_id")), delivery);
            case "peer_response_sent" ->
                new Receipt.PeerResponseSent(EnvelopeId.of(id), RequestId.of(in.text("in_reply_to")), delivery);
            default -> throw unknown("receipt", type);
        };
    }

    private static Delivery delivery(Node in) {
        String word = in.text("delivery");
        return switch (word) {
            case "durable" -> new Delivery.Durable(in.flag("duplicate"));
            case "handed_off" -> new Delivery.HandedOff();
            case "acknowledged" -> new Delivery.Acknowledged();
            case "queued" -> new Delivery.Queued();
            default -> new Delivery.Unrecognized(word);
        };
    }

    /** Reads what became of an event. */
    public static EventOutcome eventOutcome(Node in) {
        String outcome = in.text("outcome");
        return switch (outcome) {
            case "accepted" -> new EventOutcome.Accepted(optionalInput(in), optionalPosition(in), delivery(in));
            case "duplicate" -> new EventOutcome.Duplicate(input(in), optionalPosition(in), in.flag("redriven"));
            case "conflict" -> new EventOutcome.Conflict(optionalInput(in), in.text("idempotency_key"));
            case "refused" ->
                new EventOutcome.Refused(
                        SessionId.of(in.text("session_id")),
                        in.constant("lane", Lane.class),
                        in.text("bound"),
                        Duration.ofMillis(in.number("retry_after_millis")));
            default -> throw unknown("outcome", outcome);
        };
    }

    /** Reads how a turn ended. */
    public static TurnOutcome turnOutcome(Node in) {
        String outcome = in.text("outcome");
        return switch (outcome) {
            case "completed" ->
                new TurnOutcome.Completed(
                        optionalTurn(in), in.text("text"), UsageForm.usage(in), UsageForm.finishReason(in));
            case "interrupted" -> new TurnOutcome.Interrupted(optionalTurn(in), in.text("text"));
            case "parked" -> new TurnOutcome.Parked(optionalTurn(in), in.text("code"), in.text("message"));
            case "failed" -> new TurnOutcome.Failed(optionalTurn(in), in.text("code"), in.text("message"));
            default -> throw unknown("outcome", outcome);
        };
    }

    /** Reads what an interrupt did. */
    public static InterruptOutcome interruptOutcome(Node in) {
        String outcome = in.text("outcome");
        return switch (outcome) {
            case "stopped" -> new InterruptOutcome.Stopped(turn(in));
            case "stopping" -> new InterruptOutcome.Stopping(optionalTurn(in));
            case "idle" -> new InterruptOutcome.Idle();
            default -> throw unknown("outcome", outcome);
        };
    }

    /** Reads a snapshot. */
    public static SessionSnapshot session(Node in) {
        return new SessionSnapshot(
                SessionId.of(in.text("session_id")),
                new SessionSnapshot.Name(
                        in.text("realm"),
                        in.optionalText("comms_name"),
                        in.optionalText("peer_id").map(PeerId::of)),
                new SessionSnapshot.About(in.time("created_at"), in.texts("labels"), in.optionalText("model")),
                new SessionSnapshot.Activity(
                        in.constant("state", SessionSnapshot.State.class),
                        in.flag("keep_alive"),
                        in.optionalText("running_turn").map(TurnId::of),
                        in.has("parked") ? Optional.of(parked(in.object("parked"))) : Optional.empty()),
                in.has("waiting_comms")
                        ? Optional.of(
                                new SessionSnapshot.Waiting(in.number("waiting_comms"), in.number("waiting_external")))
                        : Optional.empty(),
                in.has("schedules")
                        ? Optional.of(new SessionSnapshot.Schedules(
                                in.smallNumber("schedules"),
                                in.has("next_schedule") ? Optional.of(in.time("next_schedule")) : Optional.empty()))
                        : Optional.empty(),
                new SessionSnapshot.Log(
                        in.has("last_cursor") ? Optional.of(new Cursor(in.number("last_cursor"))) : Optional.empty(),
                        in.number("message_count"),
                        in.optionalText("last_answer")));
    }

    private static OptionalLong count(Node in, String name) {
        return in.has(name) ? OptionalLong.of(in.number(name)) : OptionalLong.empty();
    }

    private static Parked parked(Node in) {
        return new Parked(in.time("at"), in.text("code"), in.text("message"));
    }

    /** Reads a page of sessions. */
    public static SessionPage sessionPage(Node in) {
        return new SessionPage(in.list("sessions", ValueForm::session), in.flag("has_more"));
    }

    /** Reads a page of a transcript. */
    public static HistoryPage historyPage(Node in) {
        return new HistoryPage(
                in.list("entries", TranscriptForm::read), in.number("offset"), in.number("message_count"));
    }

    /** Reads a page of dead letters. */
    public static DeadLetterPage deadLetterPage(Node in) {
        return new DeadLetterPage(in.list("dead_letters", ValueForm::deadLetter), in.flag("has_more"));
    }

    static DeadLetter deadLetter(Node in) {
        return new DeadLetter(
                SessionId.of(in.text("session_id")),
                InputForm.admitted(in.object("input")),
                in.text("code"),
                in.text("message"),
                in.smallNumber("attempts"),
                in.time("at"));
    }

    /** Reads how far an input got. */
    public static InputStatus inputStatus(Node in) {
        return new InputStatus(
                input(in),
                optionalPosition(in),
                in.constant("state", InputStatus.State.class),
                in.smallNumber("attempts"));
    }

    /** Reads a peer. */
    public static Peer peer(Node in) {
        return new Peer(
                PeerId.of(in.text("peer_id")),
                in.text("name"),
                in.text("transport"),
                in.text("endpoint"),
                Set.copyOf(in.ids("sendable_kinds", kind -> kind)),
                new PeerMeta(in.text("description"), in.texts("labels")));
    }

    private static void input(Out out, Optional<InputId> id) {
        id.ifPresent(known -> out.id("input_id", known));
    }

    private static void position(Out out, Optional<Cursor> position) {
        position.ifPresent(known -> out.number("position", known.sequence()));
    }

    private static Optional<InputId> optionalInput(Node in) {
        return in.optionalText("input_id").map(InputId::of);
    }

    private static Optional<Cursor> optionalPosition(Node in) {
        return in.has("position") ? Optional.of(position(in)) : Optional.empty();
    }

    private static InputId input(Node in) {
        return InputId.of(in.text("input_id"));
    }

    private static void turn(Out out, Optional<TurnId> turn) {
        turn.ifPresent(known -> out.id("turn_id", known));
    }

    private static Optional<TurnId> optionalTurn(Node in) {
        return in.optionalText("turn_id").map(TurnId::of);
    }

    private static TurnId turn(Node in) {
        return TurnId.of(in.text("turn_id"));
    }

    private static Cursor position(Node in) {
        return new Cursor(in.number("position"));
    }

    private static Node.Malformed unknown(String what, String type) {
        return new Node.Malformed("the " + what + " has the unknown type " + type);
    }
}
