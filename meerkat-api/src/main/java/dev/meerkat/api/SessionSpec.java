package dev.meerkat.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a session is to be; the params of {@code session/create} on the wire.
 *
 * <pre>{@code
 * SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a")
 * }</pre>
 *
 * <p>Immutable and thread-safe: the methods {@code with...} return a changed copy.
 */
public final class SessionSpec {
    /** The realm of a session that names none. */
    public static final String DEFAULT_REALM = "default";

    private final Parts parts;

    private SessionSpec(Parts parts) {
        Check.distinct(parts.realm, "realm");
        if (parts.commsName != null) {
            Check.distinct(parts.commsName, "comms_name");
        }
        Check.notNull(parts.peerMeta, "peer_meta");
        parts.labels = Check.labels(parts.labels, "labels");
        if (parts.model != null) {
            Check.name(parts.model, "model", Limits.NAME_CHARS);
        }
        if (parts.systemPrompt != null) {
            Check.text(parts.systemPrompt, "system_prompt", Limits.MESSAGE_BYTES);
        }
        if (parts.turnLength != null) {
            Check.wait(parts.turnLength, "turn_length");
        }
        if (parts.keepAlive && parts.commsName == null) {
            throw new InvalidFieldException("comms_name", "null", "must be set for a keep-alive session");
        }
        if (parts.deferredStart && parts.prompt == null) {
            throw new InvalidFieldException("prompt", "null", "must be set for a deferred start");
        }
        this.parts = parts;
    }

    /** The parts; not changed any more once a spec has them. */
    private static final class Parts {
        private final InputBody.@Nullable Prompt prompt;
        private String realm = DEFAULT_REALM;
        private @Nullable String commsName;
        private boolean keepAlive;
        private boolean deferredStart;
        private PeerMeta peerMeta = PeerMeta.NONE;
        private Map<String, String> labels = Map.of();
        private @Nullable String model;
        private @Nullable String systemPrompt;
        private @Nullable Retention retention;
        private @Nullable Duration turnLength;

        private Parts(InputBody.@Nullable Prompt prompt) {
            this.prompt = prompt;
        }
    }

    private SessionSpec with(Consumer<Parts> change) {
        Parts changed = new Parts(parts.prompt);
        changed.realm = parts.realm;
        changed.commsName = parts.commsName;
        changed.keepAlive = parts.keepAlive;
        changed.deferredStart = parts.deferredStart;
        changed.peerMeta = parts.peerMeta;
        changed.labels = parts.labels;
        changed.model = parts.model;
        changed.systemPrompt = parts.systemPrompt;
        changed.retention = parts.retention;
        changed.turnLength = parts.turnLength;
        change.accept(changed);
        return new SessionSpec(changed);
    }

    /**
     * A session that starts with a turn on a text.
     *
     * @param prompt the first prompt, not blank
     * @return the spec
     * @throws InvalidFieldException if the prompt is null, blank or too large
     */
    public static SessionSpec ofPrompt(String prompt) {
        return ofPrompt(new InputBody.Prompt(prompt, List.of()));
    }

    /**
     * A session that starts with a turn on a prompt that has more than a text.
     *
     * @param prompt the first prompt
     * @return the spec
     * @throws InvalidFieldException if the prompt is null
     */
    public static SessionSpec ofPrompt(InputBody.Prompt prompt) {
        return new SessionSpec(new Parts(Check.notNull(prompt, "prompt")));
    }

    /**
     * {@return a session without a first prompt} Creating it starts no turn: it waits for messages, events or {@link
     * Session#startTurn}.
     */
    public static SessionSpec withoutPrompt() {
        return new SessionSpec(new Parts(null));
    }

    /**
     * {@return a copy with a name, by which peers address it}
     *
     * @param commsName the name, unique among the live sessions of the realm
     */
    public SessionSpec withCommsName(String commsName) {
        return with(changed -> changed.commsName = Check.notNull(commsName, "comms_name"));
    }

    /**
     * {@return a copy with a name, and kept alive: the same as {@link #withCommsName} and {@link #withKeepAlive}}
     *
     * @param commsName the name, unique among the live sessions of the realm
     */
    public SessionSpec withKeepAliveAs(String commsName) {
        return withCommsName(commsName).withKeepAlive(true);
    }

    /**
     * Kept alive or not: a session that is kept alive wakes on admitted work, another one on explicit turns only.
     *
     * @param keepAlive true needs a comms name, {@code keep_alive} on the wire
     * @return a changed copy
     * @throws InvalidFieldException if true and there is no comms name
     */
    public SessionSpec withKeepAlive(boolean keepAlive) {
        return with(changed -> changed.keepAlive = keepAlive);
    }

    /**
     * Keeps the prompt for later instead of starting a turn on it: the first turn, whatever starts
     * it, begins with it.
     *
     * @return a changed copy
     * @throws InvalidFieldException if there is no prompt to keep
     */
    public SessionSpec withDeferredStart() {
        return with(changed -> changed.deferredStart = true);
    }

    /**
     * In another realm.
     *
     * @param realm the namespace of its comms name
     * @return a changed copy
     */
    public SessionSpec withRealm(String realm) {
        return with(changed -> changed.realm = realm);
    }

    /**
     * {@return a copy with labels, by which it can be listed}
     *
     * @param labels at most {@link Limits#LABELS_BYTES} in all
     */
    public SessionSpec withLabels(Map<String, String> labels) {
        return with(changed -> changed.labels = labels);
    }

    /**
     * {@return a copy with what its peers are told of it}
     *
     * @param peerMeta description and labels
     */
    public SessionSpec withPeerMeta(PeerMeta peerMeta) {
        return with(changed -> changed.peerMeta = peerMeta);
    }

    /**
     * {@return a copy with a model for the agent to use, if it uses one}
     *
     * @param model the model's name
     */
    public SessionSpec withModel(String model) {
        return with(changed -> changed.model = Check.notNull(model, "model"));
    }

    /**
     * {@return a copy with a system prompt: the first entry of its transcript}
     *
     * @param systemPrompt the text, not blank
     */
    public SessionSpec withSystemPrompt(String systemPrompt) {
        return with(changed -> changed.systemPrompt = Check.notNull(systemPrompt, "system_prompt"));
    }

    /**
     * {@return a copy with a rule of its own for how long its past is kept, instead of the runtime's}
     *
     * @param retention the rule
     */
    public SessionSpec withRetention(Retention retention) {
        return with(changed -> changed.retention = Check.notNull(retention, "retention"));
    }

    /**
     * {@return a copy with a bound of its own for how long an attempt at a turn may last, instead of the runtime's} Then
     * it is interrupted, and the turn fails as {@code turn_overdue}, which is tried again or given up like other failures.
     *
     * @param length more than zero and at most {@link Timing#LONGEST_DELAY}
     */
    public SessionSpec withTurnLength(Duration length) {
        return with(changed -> changed.turnLength = Check.notNull(length, "turn_length"));
    }

    /** {@return the first prompt, or empty if the session has none} */
    public Optional<InputBody.Prompt> prompt() {
        return Optional.ofNullable(parts.prompt);
    }

    /** {@return whether creating the session starts a turn: there is a prompt, and its start is not deferred} */
    public boolean startsTurn() {
        return parts.prompt != null && !parts.deferredStart;
    }

    /** {@return the realm, which is the namespace of its name} */
    public String realm() {
        return parts.realm;
    }

    /** {@return its name among peers, or empty} */
    public Optional<String> commsName() {
        return Optional.ofNullable(parts.commsName);
    }

    /** {@return whether it is kept alive, so that it wakes on admitted work} */
    public boolean keepAlive() {
        return parts.keepAlive;
    }

    /** {@return whether its first turn waits for something that starts it} */
    public boolean deferredStart() {
        return parts.deferredStart;
    }

    /** {@return what its peers are told of it: description and labels} */
    public PeerMeta peerMeta() {
        return parts.peerMeta;
    }

    /** {@return its labels, unmodifiable} */
    public Map<String, String> labels() {
        return parts.labels;
    }

    /** {@return the name of the model for the agent, or empty} */
    public Optional<String> model() {
        return Optional.ofNullable(parts.model);
    }

    /** {@return the text of the system prompt, or empty} */
    public Optional<String> systemPrompt() {
        return Optional.ofNullable(parts.systemPrompt);
    }

    /** {@return the rule for how long its past is kept, or empty for the runtime's} */
    public Optional<Retention> retention() {
        return Optional.ofNullable(parts.retention);
    }

    /** {@return how long an attempt at a turn may last, or empty for the runtime's bound} */
    public Optional<Duration> turnLength() {
        return Optional.ofNullable(parts.turnLength);
    }
}
