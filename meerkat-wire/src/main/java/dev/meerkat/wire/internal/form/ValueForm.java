package dev.meerkat.wire.internal.form;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnOutcome;
import java.util.TreeSet;

/** The public form of the values of the API; that of what is stored too is the stored form. */
public final class ValueForm {
    private ValueForm() {}

    /** Writes a value as {@link HasJson#toJson} promises it. */
    public static String text(HasJson value) {
        return Out.text(out -> write(out, value));
    }

    private static void write(Out out, HasJson value) {
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
            out.id("input_id", status.id())
                    .number("position", status.position().sequence())
                    .constant("state", status.state())
                    .number("attempts", status.attempts());
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
            out.id("input_id", accepted.inputId())
                    .number("position", accepted.position().sequence());
            delivery(out, accepted.delivery());
        } else if (outcome instanceof EventOutcome.Duplicate duplicate) {
            out.id("input_id", duplicate.inputId())
                    .number("position", duplicate.position().sequence())
                    .flag("redriven", duplicate.redriven());
        } else if (outcome instanceof EventOutcome.Conflict conflict) {
            out.id("input_id", conflict.existing()).text("idempotency_key", conflict.idempotencyKey());
        } else if (outcome instanceof EventOutcome.Refused refused) {
            out.text("code", refused.reason().code())
                    .text("message", refused.reason().getMessage())
                    .constant("lane", refused.reason().lane())
                    .number("retry_after_millis", refused.reason().retryAfter().toMillis());
        }
    }

    private static void outcome(Out out, TurnOutcome outcome) {
        out.text("outcome", outcome.getOutcome()).id("turn_id", outcome.turnId());
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
            out.id("turn_id", stopping.turnId());
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
}
