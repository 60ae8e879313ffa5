package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.wire.ContractVersion;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.comms.BlockForm;
import dev.meerkat.wire.internal.comms.CommandForm;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one contract line takes: strict writing of parameters. Immutable. */
public final class Dialect {
    private final ContractVersion version;
    private final Set<Capability> told;

    private Dialect(ContractVersion version, Set<Capability> told) {
        this.version = version;
        this.told = told;
    }

    /** The dialect of a version. */
    public static Dialect of(ContractVersion version) {
        return of(version, Set.of());
    }

    /** The same, of a server that says of itself that it can do more than its line. */
    public static Dialect of(ContractVersion version, Set<Capability> told) {
        return new Dialect(version, told);
    }

    /** The version. */
    public ContractVersion version() {
        return version;
    }

    /** Whether the server says of itself that it can do this, whatever its line. */
    boolean told(Capability capability) {
        return told.contains(capability);
    }

    /** Whether the server takes a name as the recipient of a command. */
    public boolean takesNames() {
        return told(Capability.PEER_NAMES);
    }

    /**
     * Whether live events are in the server's feeds only, numbered as its log is. So it is with those that say what they
     * can do by the names of {@link Capability}; the logs of others have everything, and their feeds count otherwise.
     */
    public boolean liveBesideLog() {
        return !told.isEmpty();
    }

    /** Whether calls may have {@code _meta}, which others might refuse. */
    public boolean takesMeta() {
        return !told.isEmpty();
    }

    /** Whether a running turn takes up what is steered. */
    private boolean steers() {
        return version.line().steers() || told(Capability.STEER);
    }

    /** Whether external events take an idempotency key. */
    private boolean takesEventKeys() {
        return version.takesEventKeys() || told(Capability.EVENT_DEDUPE);
    }

    /** Whether a turn can be stopped by its id. */
    public boolean stopsTurns() {
        return version.line().stopsRuns();
    }

    /** Refuses what the sender declares where the line cannot tell it. */
    void checkTaint(ContentTaint taint) {
        if (taint != ContentTaint.UNDECLARED && !version.takesTaint()) {
            throw new NotSupportedException("content_taint \"" + wireName(taint)
                    + "\" cannot be sent before contract 0.7.31, and the server speaks " + version);
        }
    }

    /** Adds the text of {@code session/inject_context}. */
    private void addNote(ObjectNode params, String text) {
        if (version.line().contextIsContent()) {
            params.putObject("content").put("type", "text").put("text", text);
        } else {
            params.put("text", text);
        }
    }

    /** Whether the line has this kind of lifecycle notice. */
    boolean has(LifecycleKind kind) {
        return version.line().lifecycleKinds().contains(kind.value());
    }

    /** Refuses a body without blocks that the receiver would not take as content. */
    void checkBody(String body) {
        if (version.line().hasControlWords() && body.strip().equalsIgnoreCase("DISMISS")) {
            throw new NotSupportedException("body \"" + body.strip() + "\" alone is a control word of contract line 0.6"
                    + " that stops the receiver; send other words, or content blocks with it");
        }
    }

    /** What can be done over JSON-RPC; methods as {@code initialize} gave them. */
    public Set<Capability> rpcCapabilities(Set<String> methods, boolean replay) {
        Set<Capability> supported = EnumSet.of(Capability.EVENT_RECEIPTS);
        if (methods.contains("comms/send")) {
            supported.add(Capability.PEER_NAMES);
        }
        if (steers() && methods.contains("comms/send")) {
            supported.add(Capability.STEER);
        }
        if (takesEventKeys()) {
            supported.add(Capability.EVENT_DEDUPE);
        }
        if (replay) {
            supported.add(Capability.EVENT_REPLAY);
        }
        supported.addAll(told);
        return Set.copyOf(supported);
    }

    /** What can be done over REST. */
    public Set<Capability> restCapabilities() {
        Set<Capability> supported = EnumSet.of(Capability.PEER_NAMES);
        if (steers()) {
            supported.add(Capability.STEER);
        }
        if (takesEventKeys()) {
            supported.add(Capability.EVENT_DEDUPE);
        }
        supported.addAll(told);
        return Set.copyOf(supported);
    }

    /** The fields of {@code session/create} that both surfaces take; nothing absent is written. */
    public ObjectNode create(SessionSpec spec) {
        ObjectNode params = WireJson.object();
        spec.prompt().ifPresentOrElse(prompt -> addPrompt(params, prompt), () -> params.put("initial_turn", "none"));
        spec.systemPrompt().ifPresent(text -> params.put("system_prompt", text));
        spec.model().ifPresent(model -> params.put("model", model));
        if (spec.keepAlive()) {
            params.put("keep_alive", true);
        }
        spec.commsName().ifPresent(name -> params.put("comms_name", name));
        addPeerMeta(params, spec.peerMeta());
        WireFields.addLabels(params, OwnLabels.of(spec));
        return params;
    }

    /** {@code session/create} over JSON-RPC: adds what only that takes (deferred, no copies of events). */
    public ObjectNode rpcCreate(SessionSpec spec) {
        ObjectNode params = create(spec);
        if (spec.deferredStart()) {
            params.put("initial_turn", "deferred");
        }
        return withoutEventCopies(params);
    }

    /** {@code turn/start}. */
    public ObjectNode turn(SessionId session, InputBody.Prompt prompt) {
        return withoutEventCopies(restTurn(session, prompt));
    }

    /** {@code POST /sessions/{id}/messages}. */
    public ObjectNode restTurn(SessionId session, InputBody.Prompt prompt) {
        ObjectNode params = WireJson.object();
        params.put("session_id", session.toString());
        addPrompt(params, prompt);
        return params;
    }

    private static void addPrompt(ObjectNode params, InputBody.Prompt prompt) {
        params.set("prompt", BlockForm.content(prompt.text(), prompt.blocks()));
        if (!prompt.instructions().isEmpty()) {
            prompt.instructions().forEach(params.putArray("additional_instructions")::add);
        }
    }

    /** {@code POST /sessions/{id}/runs/{run}/stop}. */
    public static ObjectNode stop() {
        return WireJson.object().put("reason", "interrupted by the client");
    }

    /**
     * {@code comms/send}; to is null for a local input, and for a recipient that is written as it is named. Refuses,
     * typed, what the line cannot carry.
     */
    public ObjectNode command(SessionId session, CommsCommand<?> command, @Nullable PeerId to) {
        CommandChecks checks = new CommandChecks(this);
        return CommandForm.write(session, checks.checked(command), checks.recipient(command, to));
    }

    /** {@code session/external_event} without the session. Refuses, typed, what the line cannot carry. */
    public ObjectNode externalEvent(ExternalEvent event) {
        if (!event.source().equals(event.eventType())) {
            throw new NotSupportedException("source \"" + event.source()
                    + "\" cannot be sent: servers take the event_type as the source of an external event");
        }
        ObjectNode params = WireJson.object();
        params.put("kind", "generic_json");
        params.put("event_type", event.eventType());
        params.set("payload", WireJson.tree(event.payload()));
        if (!event.blocks().isEmpty()) {
            params.set("blocks", BlockForm.write(event.blocks()));
        }
        event.idempotencyKey().ifPresent(key -> addKey(params, key));
        return params;
    }

    private void addKey(ObjectNode params, String key) {
        if (!takesEventKeys()) {
            throw new NotSupportedException(
                    "idempotency_key of an external event needs contract 0.9.5, and the server" + " speaks " + version);
        }
        // The event has checked the rest; servers count more characters as white space than it does.
        if (Character.isSpaceChar(key.codePointAt(0)) || Character.isSpaceChar(key.codePointBefore(key.length()))) {
            throw new InvalidFieldException("idempotency_key", key, "must not have outer white space");
        }
        params.put("idempotency_key", key);
    }

    /** {@code session/peer_response_terminal} without the session. */
    public ObjectNode peerAnswer(PeerAnswer answer) {
        ObjectNode params = WireJson.object();
        params.put("peer_id", answer.peer().toString());
        answer.displayName().ifPresent(name -> params.put("display_name", name));
        params.put("request_id", answer.requestId().toString());
        params.put("status", wireName(answer.status()));
        params.set("result", WireJson.tree(answer.result()));
        return params;
    }

    /** {@code session/inject_context} without the session. */
    public ObjectNode context(ContextNote note) {
        ObjectNode params = WireJson.object();
        addNote(params, note.text());
        note.source().ifPresent(source -> params.put("source", source));
        note.idempotencyKey().ifPresent(key -> params.put("idempotency_key", key));
        return params;
    }

    /** Refuses a handling mode where the line cannot do it. */
    void checkMode(HandlingMode mode) {
        if (mode == HandlingMode.STEER && !steers()) {
            throw new NotSupportedException(
                    "handling_mode \"steer\" cannot be sent on a contract line before 0.8: servers"
                            + " of 0.6 end the comms of a session that is steered; the server speaks " + version);
        }
    }

    static String wireName(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private ObjectNode withoutEventCopies(ObjectNode params) {
        if (version.takesSessionEvents()) {
            params.put("session_events", false);
        }
        return params;
    }

    private static void addPeerMeta(ObjectNode params, PeerMeta meta) {
        if (meta.description().isEmpty() && meta.labels().isEmpty()) {
            return;
        }
        ObjectNode written = params.putObject("peer_meta");
        if (!meta.description().isEmpty()) {
            written.put("description", meta.description());
        }
        WireFields.addLabels(written, meta.labels());
    }
}
