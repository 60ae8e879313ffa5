package dev.meerkat.wire.internal.form;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import java.time.Instant;

/** The stored form of transcript entries. */
public final class TranscriptForm {
    private TranscriptForm() {}

    /** Writes an entry. */
    public static void write(Out out, TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.SystemPrompt system) {
            out.text("type", "system").time("at", system.at()).text("text", system.text());
            system.source().ifPresent(source -> out.text("source", source));
        } else if (entry instanceof TranscriptEntry.Input input) {
            turn(out, "input", input.at(), input.turnId()).object("input", input.input(), InputForm::write);
        } else if (entry instanceof TranscriptEntry.Answer answer) {
            turn(out, "answer", answer.at(), answer.turnId())
                    .text("text", answer.text())
                    .flag("interrupted", answer.interrupted());
        } else if (entry instanceof TranscriptEntry.ModelStep model) {
            turn(out, "model_step", model.at(), model.turnId())
                    .text("text", model.text())
                    .list("calls", model.calls(), ContentForm::write);
        } else if (entry instanceof TranscriptEntry.Tool tool) {
            turn(out, "tool", tool.at(), tool.turnId()).object("call", tool.call(), ContentForm::write);
        } else if (entry instanceof TranscriptEntry.Sent sent) {
            turn(out, "sent", sent.at(), sent.turnId())
                    .id("envelope_id", sent.envelopeId())
                    .object("command", sent.command(), StoredCommandForm::write);
        } else if (entry instanceof TranscriptEntry.Replied replied) {
            turn(out, "replied", replied.at(), replied.turnId()).object("reply", replied.reply(), ContentForm::write);
        } else if (entry instanceof TranscriptEntry.Compacted compacted) {
            turn(out, "compacted", compacted.at(), compacted.turnId())
                    .text("text", compacted.text())
                    .number("up_to", compacted.upTo());
        } else if (entry instanceof TranscriptEntry.Unrecognized other) {
            out.text("type", "unrecognized")
                    .time("at", other.at())
                    .text("role", other.role())
                    .json("raw", other.raw());
        } else {
            throw new IllegalArgumentException("no stored form of " + entry.getClass());
        }
    }

    private static Out turn(Out out, String type, Instant at, TurnId turn) {
        return out.text("type", type).time("at", at).id("turn_id", turn);
    }

    /** Reads an entry. */
    public static TranscriptEntry read(Node in) {
        String type = in.text("type");
        Instant at = in.time("at");
        return switch (type) {
            case "system" -> new TranscriptEntry.SystemPrompt(at, in.text("text"), in.optionalText("source"));
            case "input" -> new TranscriptEntry.Input(at, turn(in), InputForm.admitted(in.object("input")));
            case "answer" -> new TranscriptEntry.Answer(at, turn(in), in.text("text"), in.flag("interrupted"));
            case "model_step" ->
                new TranscriptEntry.ModelStep(
                        at, turn(in), in.text("text"), in.list("calls", ContentForm::toolRequest));
            case "tool" -> new TranscriptEntry.Tool(at, turn(in), ContentForm.toolCall(in.object("call")));
            case "sent" ->
                new TranscriptEntry.Sent(
                        at,
                        turn(in),
                        EnvelopeId.of(in.text("envelope_id")),
                        StoredCommandForm.read(in.object("command")));
            case "replied" -> new TranscriptEntry.Replied(at, turn(in), ContentForm.reply(in.object("reply")));
            case "compacted" -> new TranscriptEntry.Compacted(at, turn(in), in.text("text"), in.number("up_to"));
            case "unrecognized" -> new TranscriptEntry.Unrecognized(at, in.text("role"), in.json("raw"));
            default -> throw new Node.Malformed("the transcript entry has the unknown type " + type);
        };
    }

    private static TurnId turn(Node in) {
        return TurnId.of(in.text("turn_id"));
    }
}
