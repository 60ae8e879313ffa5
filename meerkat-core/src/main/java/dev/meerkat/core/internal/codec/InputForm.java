package dev.meerkat.core.internal.codec;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.RequestId;

/** The stored form of inputs. */
public final class InputForm {
    private InputForm() {}

    /**
     * Writes a body.
     *
     * @param out where to
     * @param body the body
     */
    public static void write(Out out, InputBody body) {
        if (body instanceof InputBody.External external) {
            event(out.text("type", "external_event"), external.event());
        } else if (body instanceof InputBody.Prompt prompt) {
            out.text("type", "prompt").text("text", prompt.text()).list("blocks", prompt.blocks(), ContentForm::write);
        } else if (body instanceof InputBody.Local local) {
            out.text("type", "input").object("command", local.command(), CommandForm::write);
        } else if (body instanceof InputBody.PeerMessage message) {
            out.text("type", "peer_message")
                    .object("from", message.from(), ContentForm::write)
                    .object("command", message.command(), CommandForm::write);
        } else if (body instanceof InputBody.PeerLifecycle lifecycle) {
            out.text("type", "peer_lifecycle")
                    .object("from", lifecycle.from(), ContentForm::write)
                    .object("command", lifecycle.command(), CommandForm::write);
        } else if (body instanceof InputBody.PeerRequest request) {
            out.text("type", "peer_request")
                    .object("from", request.from(), ContentForm::write)
                    .id("request_id", request.requestId())
                    .object("command", request.command(), CommandForm::write);
        } else if (body instanceof InputBody.PeerResponse response) {
            out.text("type", "peer_response")
                    .object("from", response.from(), ContentForm::write)
                    .object("command", response.command(), CommandForm::write);
        } else {
            throw new IllegalArgumentException("no stored form of " + body.getClass());
        }
    }

    /**
     * Reads a body.
     *
     * @param in where from
     * @return the body
     */
    public static InputBody read(Node in) {
        String type = in.text("type");
        return switch (type) {
            case "external_event" -> new InputBody.External(event(in));
            case "prompt" -> new InputBody.Prompt(in.text("text"), ContentForm.blocks(in));
            case "input" -> new InputBody.Local(CommandForm.input(in.object("command")));
            case "peer_message" ->
                new InputBody.PeerMessage(
                        ContentForm.sender(in.object("from")), CommandForm.message(in.object("command")));
            case "peer_lifecycle" ->
                new InputBody.PeerLifecycle(
                        ContentForm.sender(in.object("from")), CommandForm.lifecycle(in.object("command")));
            case "peer_request" ->
                new InputBody.PeerRequest(
                        ContentForm.sender(in.object("from")),
                        RequestId.of(in.text("request_id")),
                        CommandForm.request(in.object("command")));
            case "peer_response" ->
                new InputBody.PeerResponse(
                        ContentForm.sender(in.object("from")), CommandForm.response(in.object("command")));
            default -> throw new Node.Malformed("the input has the unknown type " + type);
        };
    }

    static void write(Out out, AdmittedInput input) {
        out.id("id", input.id())
                .number("position", input.position().sequence())
                .time("at", input.at())
                .object("body", input.body(), InputForm::write);
    }

    static AdmittedInput admitted(Node in) {
        return admitted(in, new Cursor(in.number("position")));
    }

    static AdmittedInput admitted(Node in, Cursor position) {
        return new AdmittedInput(InputId.of(in.text("id")), position, in.time("at"), read(in.object("body")));
    }

    private static void event(Out out, ExternalEvent event) {
        out.text("event_type", event.eventType())
                .text("source", event.source())
                .text("idempotency_key", event.idempotencyKey().orElse(null))
                .json("payload", event.payload())
                .list("blocks", event.blocks(), ContentForm::write);
    }

    private static ExternalEvent event(Node in) {
        ExternalEvent event = ExternalEvent.genericJson(in.text("event_type"), in.json("payload"))
                .withSource(in.text("source"));
        if (in.has("blocks")) {
            event = event.withBlocks(ContentForm.blocks(in));
        }
        return in.has("idempotency_key") ? event.withIdempotencyKey(in.text("idempotency_key")) : event;
    }
}
