package dev.meerkat.wire.internal.form;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.SessionSpec;

/** The form of a session's spec, stored and between this project's client and server. */
public final class SpecForm {
    private SpecForm() {}

    /**
     * Writes a spec.
     *
     * @param out where to
     * @param spec the spec
     */
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
                .text("system_prompt", spec.systemPrompt().orElse(null));
    }

    /**
     * Reads a spec.
     *
     * @param in where from
     * @return the spec
     */
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
        return in.optionalText("system_prompt").map(spec::withSystemPrompt).orElse(spec);
    }
}
