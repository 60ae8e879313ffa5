package dev.meerkat.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final InputBody.@Nullable Prompt prompt;
    private final String realm;
    private final @Nullable String commsName;
    private final boolean keepAlive;
    private final boolean deferredStart;
    private final PeerMeta peerMeta;
    private final Map<String, String> labels;
    private final @Nullable String model;
    private final @Nullable String systemPrompt;
    private final @Nullable Retention retention;
    private final @Nullable Duration turnLength;

    private SessionSpec(Parts parts) {
        this.prompt = parts.prompt;
        this.realm = Check.distinct(parts.realm, "realm");
        this.commsName = parts.commsName == null ? null : Check.distinct(parts.commsName, "comms_name");
        this.keepAlive = parts.keepAlive;
        this.deferredStart = parts.deferredStart;
        this.peerMeta = Check.notNull(parts.peerMeta, "peer_meta");
        this.labels = Check.labels(parts.labels, "labels");
        this.model = parts.model == null ? null : Check.name(parts.model, "model", Limits.NAME_CHARS);
        this.systemPrompt = parts.systemPrompt == null
                ? null
                : Check.text(parts.systemPrompt, "system_prompt", Limits.MESSAGE_BYTES);
        this.retention = parts.retention;
        this.turnLength = parts.turnLength == null ? null : Check.wait(parts.turnLength, "turn_length");
        if (keepAlive && commsName == null) {
            throw new InvalidFieldException("comms_name", "null", "must be set for a keep-alive session");
        }
        if (deferredStart && prompt == null) {
            throw new InvalidFieldException("prompt", "null", "must be set for a deferred start");
        }
    }

    /** A changeable copy, for the methods below only. */
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

    private Parts parts() {
        Parts parts = new Parts(prompt);
        parts.realm = realm;
        parts.commsName = commsName;
        parts.keepAlive = keepAlive;
        parts.deferredStart = deferredStart;
        parts.peerMeta = peerMeta;
        parts.labels = labels;
        parts.model = model;
        parts.systemPrompt = systemPrompt;
        parts.retention = retention;
        parts.turnLength = turnLength;
        return parts;
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
        Parts parts = parts();
        parts.commsName = Check.notNull(commsName, "comms_name");
        return new SessionSpec(parts);
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
        Parts parts = parts();
        parts.keepAlive = keepAlive;
        return new SessionSpec(parts);
    }

    /**
     * Keeps the prompt for later instead of starting a turn on it: the first turn, whatever starts
     * it, begins with it.
     *
     * @return a changed copy
     * @throws InvalidFieldException if there is no prompt to keep
     */
    public SessionSpec withDeferredStart() {
        Parts parts = parts();
        parts.deferredStart = true;
        return new SessionSpec(parts);
    }

    /**
     * In another realm.
     *
     * @param realm the namespace of its comms name
     * @return a changed copy
     */
    public SessionSpec withRealm(String realm) {
        Parts parts = parts();
        parts.realm = realm;
        return new SessionSpec(parts);
    }

    /**
     * {@return a copy with labels, by which it can be listed}
     *
     * @param labels at most {@link Limits#LABELS_BYTES} in all
     */
    public SessionSpec withLabels(Map<String, String> labels) {
        Parts parts = parts();
        parts.labels = labels;
        return new SessionSpec(parts);
    }

    /**
     * {@return a copy with what its peers are told of it}
     *
     * @param peerMeta description and labels
     */
    public SessionSpec withPeerMeta(PeerMeta peerMeta) {
        Parts parts = parts();
        parts.peerMeta = peerMeta;
        return new SessionSpec(parts);
    }

    /**
     * {@return a copy with a model for the agent to use, if it uses one}
     *
     * @param model the model's name
     */
    public SessionSpec withModel(String model) {
        Parts parts = parts();
        parts.model = Check.notNull(model, "model");
        return new SessionSpec(parts);
    }

    /**
     * {@return a copy with a system prompt: the first entry of its transcript}
     *
     * @param systemPrompt the text, not blank
     */
    public SessionSpec withSystemPrompt(String systemPrompt) {
        Parts parts = parts();
        parts.systemPrompt = Check.notNull(systemPrompt, "system_prompt");
        return new SessionSpec(parts);
    }

    /**
     * {@return a copy with a rule of its own for how long its past is kept, instead of the runtime's}
     *
     * @param retention the rule
     */
    public SessionSpec withRetention(Retention retention) {
        Parts parts = parts();
        parts.retention = Check.notNull(retention, "retention");
        return new SessionSpec(parts);
    }

    /**
     * {@return a copy with a bound of its own for how long an attempt at a turn may last, instead of the runtime's} Then
     * it is interrupted, and the turn fails as {@code turn_overdue}, which is tried again or given up like other failures.
     *
     * @param length more than zero and at most {@link Timing#LONGEST_DELAY}
     */
    public SessionSpec withTurnLength(Duration length) {
        Parts parts = parts();
        parts.turnLength = Check.notNull(length, "turn_length");
        return new SessionSpec(parts);
    }

    /** {@return the first prompt, or empty if the session has none} */
    public Optional<InputBody.Prompt> prompt() {
        return Optional.ofNullable(prompt);
    }

    /** {@return whether creating the session starts a turn: there is a prompt, and its start is not deferred} */
    public boolean startsTurn() {
        return prompt != null && !deferredStart;
    }

    /** {@return the realm, which is the namespace of its name} */
    public String realm() {
        return realm;
    }

    /** {@return its name among peers, or empty} */
    public Optional<String> commsName() {
        return Optional.ofNullable(commsName);
    }

    /** {@return whether it is kept alive, so that it wakes on admitted work} */
    public boolean keepAlive() {
        return keepAlive;
    }

    /** {@return whether its first turn waits for something that starts it} */
    public boolean deferredStart() {
        return deferredStart;
    }

    /** {@return what its peers are told of it: description and labels} */
    public PeerMeta peerMeta() {
        return peerMeta;
    }

    /** {@return its labels, unmodifiable} */
    public Map<String, String> labels() {
        return labels;
    }

    /** {@return the name of the model for the agent, or empty} */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** {@return the text of the system prompt, or empty} */
    public Optional<String> systemPrompt() {
        return Optional.ofNullable(systemPrompt);
    }

    /** {@return the rule for how long its past is kept, or empty for the runtime's} */
    public Optional<Retention> retention() {
        return Optional.ofNullable(retention);
    }

    /** {@return how long an attempt at a turn may last, or empty for the runtime's bound} */
    public Optional<Duration> turnLength() {
        return Optional.ofNullable(turnLength);
    }
}
