package dev.meerkat.wire.internal.form;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.Retention;
import dev.meerkat.api.SessionSpec;
import java.time.Duration;

/** The form of a session's spec, stored and between this project's client and server. */
public final class SpecForm {
    private SpecForm() {}

    /** Writes a spec. */
    public static void write(Out out, SessionSpec spec) {
        spec.prompt()
                .ifPresent(prompt -> out.text("prompt", prompt.text())
                        .list("blocks", prompt.blocks(), ContentForm::write)
                        .texts("instructions", prompt.instructions()));
        out.text("realm", spec.realm())
                .text("comms_name", spec.commsName().orElse(null))
                .flag("keep_alive", spec.keepAlive())
                .flag("deferred", spec.deferredStart())
                .object(
                        "peer_meta",
                        spec.peerMeta(),
                        (o, meta) -> o.text("description", meta.description()).labels("labels", meta.labels()))
                .labels("labels", spec.labels())
                .text("model", spec.model().orElse(null))
                .text("system_prompt", spec.systemPrompt().orElse(null))
                .object("retention", spec.retention().orElse(null), SpecForm::write)
                .text("turn_length", spec.turnLength().map(Duration::toString).orElse(null));
    }

    private static void write(Out out, Retention retention) {
        out.object("transcript", retention.transcript(), SpecForm::write)
                .object("events", retention.events(), SpecForm::write)
                .object("keys", retention.keys(), SpecForm::write)
                .object("dead_letters", retention.deadLetters(), SpecForm::write);
    }

    private static void write(Out out, Retention.Keep keep) {
        keep.age().ifPresent(age -> out.number("age_millis", age.toMillis()));
        keep.count().ifPresent(count -> out.number("count", count));
        keep.bytes().ifPresent(bytes -> out.number("bytes", bytes));
    }

    private static Retention retention(Node in) {
        return new Retention(
                keep(in.object("transcript")),
                keep(in.object("events")),
                keep(in.object("keys")),
                keep(in.object("dead_letters")));
    }

    private static Retention.Keep keep(Node in) {
        Retention.Keep keep = Retention.Keep.FOREVER;
        keep = in.has("age_millis") ? keep.withAge(Duration.ofMillis(in.number("age_millis"))) : keep;
        keep = in.has("count") ? keep.withCount(in.number("count")) : keep;
        return in.has("bytes") ? keep.withBytes(in.number("bytes")) : keep;
    }

    /** Reads a spec. */
    public static SessionSpec read(Node in) {
        Node meta = in.object("peer_meta");
        SessionSpec spec = in.optionalText("prompt")
                .map(text -> SessionSpec.ofPrompt(new InputBody.Prompt(
                        text, ContentForm.blocks(in), in.ids("instructions", instruction -> instruction))))
                .orElseGet(SessionSpec::withoutPrompt)
                .withRealm(in.text("realm"))
                .withPeerMeta(new PeerMeta(meta.text("description"), meta.labels("labels")))
                .withLabels(in.labels("labels"));
        spec = in.optionalText("comms_name")
                .map(spec::withCommsName)
                .orElse(spec)
                .withKeepAlive(in.flag("keep_alive"));
        spec = in.flag("deferred") ? spec.withDeferredStart() : spec;
        spec = in.optionalText("model").map(spec::withModel).orElse(spec);
        spec = in.optionalText("system_prompt").map(spec::withSystemPrompt).orElse(spec);
        spec = in.has("retention") ? spec.withRetention(retention(in.object("retention"))) : spec;
        return InputForm.optionalDuration(in, "turn_length")
                .map(spec::withTurnLength)
                .orElse(spec);
    }
}
