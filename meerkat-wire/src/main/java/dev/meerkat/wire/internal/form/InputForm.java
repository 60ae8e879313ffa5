package dev.meerkat.wire.internal.form;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;

/** The stored form of inputs. */
public final class InputForm {
    private static final String TIME_TO_LIVE = "time_to_live";

    private InputForm() {}

    /** Writes a body. */
    public static void write(Out out, InputBody body) {
        out.text("type", body.getType());
        Out unused = body.match(
                prompt -> out.text("text", prompt.text())
                        .list("blocks", prompt.blocks(), ContentForm::write)
                        .texts("instructions", prompt.instructions()),
                local -> out.object("command", local.command(), StoredCommandForm::write)
                        .object("firing", local.firing().orElse(null), ScheduleForm::write),
                external -> write(out, external.event()),
                peer -> from(out, peer));
    }

    private static Out from(Out out, InputBody.FromPeer body) {
        out.object("from", body.from(), ContentForm::write).object("command", body.command(), StoredCommandForm::write);
        if (body instanceof InputBody.PeerRequest request) {
            out.id("request_id", request.requestId());
        } else if (body instanceof InputBody.PeerMessage message) {
            message.inReplyTo().ifPresent(id -> out.id("in_reply_to", id));
        }
        return out;
    }

    /** Reads a body. */
    public static InputBody read(Node in) {
        String type = in.text("type");
        return switch (type) {
            case "external_event" -> new InputBody.External(event(in));
            case "prompt" ->
                new InputBody.Prompt(in.text("text"), ContentForm.blocks(in), in.ids("instructions", text -> text));
            case "input" ->
                new InputBody.Local(
                        StoredCommandForm.input(in.object("command")),
                        in.has("firing") ? Optional.of(ScheduleForm.firing(in.object("firing"))) : Optional.empty());
            default -> fromPeer(type, in);
        };
    }

    private static InputBody fromPeer(String type, Node in) {
        if (!in.has("command")) {
            throw unknown(type);
        }
        PeerSender from = ContentForm.sender(in.object("from"));
        InputBody body = StoredCommandForm.read(in.object("command"))
                .match(
                        input -> {
                            throw unknown(type);
                        },
                        message -> new InputBody.PeerMessage(
                                from, message, in.optionalText("in_reply_to").map(EnvelopeId::of)),
                        lifecycle -> new InputBody.PeerLifecycle(from, lifecycle),
                        request -> new InputBody.PeerRequest(from, RequestId.of(in.text("request_id")), request),
                        response -> new InputBody.PeerResponse(from, response));
        if (!type.equals(body.getType())) {
            throw unknown(type);
        }
        return body;
    }

    private static Node.Malformed unknown(String type) {
        return new Node.Malformed("the input has the unknown type " + type);
    }

    public static void write(Out out, AdmittedInput input) {
        out.id("id", input.id())
                .number("position", input.position().sequence())
                .time("at", input.at())
                .object("body", input.body(), InputForm::write);
    }

    public static AdmittedInput admitted(Node in) {
        return admitted(in, new Cursor(in.number("position")));
    }

    public static AdmittedInput admitted(Node in, Cursor position) {
        return new AdmittedInput(InputId.of(in.text("id")), position, in.time("at"), read(in.object("body")));
    }

    public static Out write(Out out, ExternalEvent event) {
        return out.text("event_type", event.eventType())
                .text("source", event.source())
                .text("idempotency_key", event.idempotencyKey().orElse(null))
                .text(TIME_TO_LIVE, event.timeToLive().map(Duration::toString).orElse(null))
                .json("payload", event.payload())
                .list("blocks", event.blocks(), ContentForm::write);
    }

    public static ExternalEvent event(Node in) {
        ExternalEvent event = ExternalEvent.genericJson(in.text("event_type"), in.json("payload"))
                .withSource(in.text("source"));
        if (in.has("blocks")) {
            event = event.withBlocks(ContentForm.blocks(in));
        }
        event = timeToLive(in).map(event::withTimeToLive).orElse(event);
        return in.has("idempotency_key") ? event.withIdempotencyKey(in.text("idempotency_key")) : event;
    }

    static Out timeToLive(Out out, Optional<Duration> time) {
        return out.text(TIME_TO_LIVE, time.map(Duration::toString).orElse(null));
    }

    static Optional<Duration> timeToLive(Node in) {
        return optionalDuration(in, TIME_TO_LIVE);
    }

    static Optional<Duration> optionalDuration(Node in, String name) {
        return in.has(name) ? Optional.of(duration(in, name)) : Optional.empty();
    }

    static Duration duration(Node in, String name) {
        try {
            return Duration.parse(in.text(name));
        } catch (DateTimeException e) {
            throw new InvalidFieldException(name, in.text(name), "must be a duration, such as PT10M", e);
        }
    }
}
