package dev.meerkat.wire.internal.form;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TurnId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The stored form of events; where an event stands is the store's to know. */
public final class EventForm {
    private EventForm() {}

    /**
     * Writes an event.
     *
     * @param event any but a live one
     */
    public static void write(Out out, SessionEvent event) {
        if (event instanceof SessionEvent.Lifecycle lifecycle) {
            out.text("type", "lifecycle").time("at", lifecycle.at()).constant("phase", lifecycle.phase());
        } else if (event instanceof SessionEvent.InputAdmitted admitted) {
            out.text("type", "input_admitted").object("input", admitted.input(), InputForm::write);
        } else if (event instanceof SessionEvent.InputStaged staged) {
            turn(out, "input_staged", staged.at(), staged.turnId()).ids("inputs", staged.inputs());
        } else if (event instanceof SessionEvent.InputConsumed consumed) {
            turn(out, "input_consumed", consumed.at(), consumed.turnId()).ids("inputs", consumed.inputs());
        } else if (event instanceof SessionEvent.InputDeadLettered dead) {
            turn(out, "input_dead_lettered", dead.at(), dead.turnId())
                    .ids("inputs", dead.inputs())
                    .text("code", dead.code())
                    .text("message", dead.message());
        } else if (event instanceof SessionEvent.InputSetAside aside) {
            turn(out, "input_set_aside", aside.at(), aside.turnId())
                    .ids("inputs", aside.inputs())
                    .text("code", aside.code())
                    .text("message", aside.message())
                    .time("retry_at", aside.retryAt());
        } else if (event instanceof SessionEvent.InputRedriven redriven) {
            out.text("type", "input_redriven").time("at", redriven.at()).ids("inputs", redriven.inputs());
        } else if (event instanceof SessionEvent.InputDiscarded discarded) {
            out.text("type", "input_discarded").time("at", discarded.at()).ids("inputs", discarded.inputs());
        } else if (event instanceof SessionEvent.InputExpired expired) {
            out.text("type", "input_expired").time("at", expired.at()).ids("inputs", expired.inputs());
        } else if (event instanceof SessionEvent.ToolCalled called) {
            turn(out, "tool_called", called.at(), called.turnId()).object("call", called.call(), ContentForm::write);
        } else if (event instanceof SessionEvent.PeerSent sent) {
            out.text("type", "peer_sent")
                    .time("at", sent.at())
                    .id("envelope_id", sent.envelopeId())
                    .object("to", sent.to(), ContentForm::write)
                    .text("kind", sent.kind());
        } else if (event instanceof SessionEvent.PeerSendFailed failed) {
            out.text("type", "peer_send_failed")
                    .time("at", failed.at())
                    .id("envelope_id", failed.envelopeId())
                    .text("code", failed.code())
                    .text("message", failed.message());
        } else if (event instanceof SessionEvent.ReplyReceived received) {
            out.text("type", "reply_received").object("reply", received.reply(), ContentForm::write);
        } else if (event instanceof SessionEvent.Unrecognized unknown) {
            out.text("type", "unrecognized").text("of", unknown.type()).json("raw", unknown.raw());
        } else {
            writeTurn(out, event);
        }
    }

    private static void writeTurn(Out out, SessionEvent event) {
        if (event instanceof SessionEvent.TurnStarted started) {
            turn(out, "turn_started", started.at(), started.turnId()).number("attempt", started.attempt());
        } else if (event instanceof SessionEvent.TurnCompleted completed) {
            turn(out, "turn_completed", completed.at(), completed.turnId()).text("text", completed.text());
            UsageForm.write(out, completed.usage(), completed.finishReason());
        } else if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            turn(out, "turn_interrupted", interrupted.at(), interrupted.turnId())
                    .text("text", interrupted.text());
        } else if (event instanceof SessionEvent.TurnFailed failed) {
            turn(out, "turn_failed", failed.at(), failed.turnId())
                    .number("attempt", failed.attempt())
                    .text("code", failed.code())
                    .text("message", failed.message())
                    .time("retry_at", failed.retryAt().orElse(null));
        } else if (event instanceof SessionEvent.SessionParked parked) {
            turn(out, "session_parked", parked.at(), parked.turnId())
                    .text("code", parked.code())
                    .text("message", parked.message());
        } else if (event instanceof SessionEvent.SessionUnparked unparked) {
            out.text("type", "session_unparked").time("at", unparked.at());
        } else if (event instanceof SessionEvent.TranscriptCompacted compacted) {
            turn(out, "transcript_compacted", compacted.at(), compacted.turnId())
                    .number("up_to", compacted.upTo());
        } else {
            throw new IllegalArgumentException("no stored form of " + event.getClass());
        }
    }

    private static Out turn(Out out, String type, Instant at, TurnId turn) {
        return out.text("type", type).time("at", at).id("turn_id", turn);
    }

    /**
     * Reads an event.
     *
     * @param at where it stands
     */
    public static SessionEvent read(Node in, Cursor at) {
        String type = in.text("type");
        return switch (type) {
            case "lifecycle" ->
                new SessionEvent.Lifecycle(at, in.time("at"), in.constant("phase", SessionEvent.Lifecycle.Phase.class));
            case "input_admitted" -> new SessionEvent.InputAdmitted(InputForm.admitted(in.object("input"), at));
            case "input_staged" -> new SessionEvent.InputStaged(at, in.time("at"), turn(in), inputs(in));
            case "input_consumed" -> new SessionEvent.InputConsumed(at, in.time("at"), turn(in), inputs(in));
            case "input_dead_lettered" ->
                new SessionEvent.InputDeadLettered(
                        at, in.time("at"), turn(in), inputs(in), in.text("code"), in.text("message"));
            case "input_set_aside" ->
                new SessionEvent.InputSetAside(
                        at,
                        in.time("at"),
                        turn(in),
                        inputs(in),
                        in.text("code"),
                        in.text("message"),
                        in.time("retry_at"));
            case "input_redriven" -> new SessionEvent.InputRedriven(at, in.time("at"), inputs(in));
            case "input_discarded" -> new SessionEvent.InputDiscarded(at, in.time("at"), inputs(in));
            case "input_expired" -> new SessionEvent.InputExpired(at, in.time("at"), inputs(in));
            case "tool_called" ->
                new SessionEvent.ToolCalled(at, in.time("at"), turn(in), ContentForm.toolCall(in.object("call")));
            case "peer_sent" ->
                new SessionEvent.PeerSent(
                        at, in.time("at"), envelope(in), ContentForm.sender(in.object("to")), in.text("kind"));
            case "peer_send_failed" ->
                new SessionEvent.PeerSendFailed(at, in.time("at"), envelope(in), in.text("code"), in.text("message"));
            case "reply_received" -> new SessionEvent.ReplyReceived(at, ContentForm.reply(in.object("reply")));
            case "unrecognized" -> new SessionEvent.Unrecognized(at, in.text("of"), in.json("raw"));
            default -> readTurn(type, in, at);
        };
    }

    private static SessionEvent readTurn(String type, Node in, Cursor at) {
        return switch (type) {
            case "turn_started" -> new SessionEvent.TurnStarted(at, in.time("at"), turn(in), in.smallNumber("attempt"));
            case "turn_completed" ->
                new SessionEvent.TurnCompleted(
                        at, in.time("at"), turn(in), in.text("text"), UsageForm.usage(in), UsageForm.finishReason(in));
            case "turn_interrupted" -> new SessionEvent.TurnInterrupted(at, in.time("at"), turn(in), in.text("text"));
            case "turn_failed" ->
                new SessionEvent.TurnFailed(
                        at,
                        in.time("at"),
                        turn(in),
                        in.smallNumber("attempt"),
                        in.text("code"),
                        in.text("message"),
                        in.has("retry_at") ? Optional.of(in.time("retry_at")) : Optional.empty());
            case "session_parked" ->
                new SessionEvent.SessionParked(at, in.time("at"), turn(in), in.text("code"), in.text("message"));
            case "session_unparked" -> new SessionEvent.SessionUnparked(at, in.time("at"));
            case "transcript_compacted" ->
                new SessionEvent.TranscriptCompacted(at, in.time("at"), turn(in), in.number("up_to"));
            default -> new SessionEvent.Unrecognized(at, type, in.json());
        };
    }

    private static TurnId turn(Node in) {
        return TurnId.of(in.text("turn_id"));
    }

    private static EnvelopeId envelope(Node in) {
        return EnvelopeId.of(in.text("envelope_id"));
    }

    private static List<InputId> inputs(Node in) {
        return in.ids("inputs", InputId::of);
    }
}
