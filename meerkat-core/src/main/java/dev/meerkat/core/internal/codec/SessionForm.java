package dev.meerkat.core.internal.codec;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.Parked;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TraceContext;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.Spent;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.wire.internal.form.ContentForm;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.Out;
import dev.meerkat.wire.internal.form.StoredCommandForm;
import java.time.Duration;
import java.util.Optional;

/** The stored form of a session's progress, and of envelopes and replies. */
public final class SessionForm {
    private SessionForm() {}

    /** Writes a progress. */
    public static void write(Out out, SessionProgress progress) {
        out.object("consumed", progress.consumed(), SessionForm::write)
                .object("turn", progress.turn(), SessionForm::write)
                .object("solo_up_to", progress.soloUpTo(), SessionForm::write)
                .object("spent", progress.spent(), SessionForm::write)
                .object(
                        "parked",
                        progress.parked(),
                        (o, parked) -> o.time("at", parked.at())
                                .text("code", parked.code())
                                .text("message", parked.message()));
    }

    /** Reads a progress. */
    public static SessionProgress progress(Node in) {
        return new SessionProgress(
                marks(in.object("consumed")),
                in.has("turn") ? turn(in.object("turn")) : null,
                in.has("solo_up_to") ? marks(in.object("solo_up_to")) : null,
                spent(in),
                in.has("parked") ? parked(in.object("parked")) : null);
    }

    private static Parked parked(Node in) {
        return new Parked(in.time("at"), in.text("code"), in.text("message"));
    }

    static void write(Out out, Marks marks) {
        out.number("prompt", marks.prompt())
                .number("queued", marks.queued())
                .number("steered", marks.steered())
                .number("passive", marks.passive())
                .number("external", marks.external());
    }

    static Marks marks(Node in) {
        return new Marks(
                in.number("prompt"),
                in.number("queued"),
                in.number("steered"),
                in.number("passive"),
                in.number("external"));
    }

    private static void write(Out out, TurnRecord turn) {
        out.id("turn_id", turn.id())
                .number("attempt", turn.attempt())
                .number("step", turn.step())
                .number("first_entry", turn.firstEntry())
                .object("staged", turn.staged(), SessionForm::write)
                .time("not_before", turn.notBefore())
                .object("used", turn.used(), SessionForm::write)
                .object("spent", turn.spent(), SessionForm::write);
    }

    private static TurnRecord turn(Node in) {
        return new TurnRecord(
                TurnId.of(in.text("turn_id")),
                in.smallNumber("attempt"),
                in.smallNumber("step"),
                in.number("first_entry"),
                marks(in.object("staged")),
                in.has("not_before") ? in.time("not_before") : null,
                in.has("used") ? usage(in.object("used")) : null,
                spent(in));
    }

    static void write(Out out, Spent spent) {
        write(out, spent.tokens());
        out.number("model_calls", spent.modelCalls())
                .number("tool_calls", spent.toolCalls())
                .number("millis", spent.time().toMillis());
    }

    /** Earlier versions did not count. */
    static Spent spent(Node in) {
        if (!in.has("spent")) {
            return Spent.NOTHING;
        }
        Node spent = in.object("spent");
        return new Spent(
                usage(spent),
                spent.number("model_calls"),
                spent.number("tool_calls"),
                Duration.ofMillis(spent.number("millis")));
    }

    static void write(Out out, Usage used) {
        out.number("input", used.inputTokens()).number("output", used.outputTokens());
    }

    static Usage usage(Node in) {
        return new Usage(in.number("input"), in.number("output"));
    }

    /** Writes an envelope. */
    public static void write(Out out, Envelope envelope) {
        out.id("id", envelope.id())
                .id("sender", envelope.from().session())
                .object("from", envelope.from().peer(), ContentForm::write)
                .id("receiver", envelope.to().session())
                .object("to", envelope.to().peer(), ContentForm::write)
                .object("command", envelope.command(), StoredCommandForm::write)
                .flag("to_handle", envelope.toHandle())
                .time("at", envelope.at());
        envelope.trace().ifPresent(trace -> write(out, trace));
    }

    /** Writes a trace, beside what belongs to it. */
    public static void write(Out out, TraceContext trace) {
        out.text("trace", trace.traceParent())
                .text("trace_state", trace.traceState().orElse(null));
    }

    /**
     * Reads the trace of something.
     *
     * @return the trace, or empty if it has none
     */
    public static Optional<TraceContext> trace(Node in) {
        return TraceContext.parse(
                in.optionalText("trace").orElse(null),
                in.optionalText("trace_state").orElse(null));
    }

    /** Reads an envelope. */
    public static Envelope envelope(Node in) {
        return new Envelope(
                EnvelopeId.of(in.text("id")),
                new Envelope.Party(SessionId.of(in.text("sender")), ContentForm.sender(in.object("from"))),
                new Envelope.Party(SessionId.of(in.text("receiver")), ContentForm.sender(in.object("to"))),
                StoredCommandForm.read(in.object("command")),
                in.flag("to_handle"),
                in.time("at"),
                trace(in),
                true);
    }
}
