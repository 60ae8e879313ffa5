package dev.meerkat.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a session is to be; the params of {@code session/create} on the wire.
 *
 * <pre>{@code
 * SessionSpec.prompt("You are a coordinator.").keepAlive("agent-a")
 * }</pre>
 *
 * <p>The methods that take a value return a changed copy. Immutable and thread-safe.
 */
public final class SessionSpec {
    /** The realm of a session that names none. */
    public static final String DEFAULT_REALM = "default";

    private final String prompt;
    private final List<ContentBlock> blocks;
    private final List<String> instructions;
    private final String realm;
    private final @Nullable String commsName;
    private final boolean keepAlive;
    private final boolean deferred;
    private final PeerMeta peerMeta;
    private final Map<String, String> labels;
    private final @Nullable String model;
    private final @Nullable String systemPrompt;

    private SessionSpec(Parts parts) {
        InputBody.Prompt first = new InputBody.Prompt(parts.prompt, parts.blocks, parts.instructions);
        this.prompt = first.text();
        this.blocks = first.blocks();
        this.instructions = first.instructions();
        this.realm = Check.distinct(parts.realm, "realm");
        this.commsName = parts.commsName == null ? null : Check.distinct(parts.commsName, "comms_name");
        this.keepAlive = parts.keepAlive;
        this.deferred = parts.deferred;
        this.peerMeta = Check.notNull(parts.peerMeta, "peer_meta");
        this.labels = Check.labels(parts.labels, "labels");
        this.model = parts.model == null ? null : Check.name(parts.model, "model", Limits.NAME_CHARS);
        this.systemPrompt = parts.systemPrompt == null
                ? null
                : Check.text(parts.systemPrompt, "system_prompt", Limits.MESSAGE_BYTES);
        if (keepAlive && commsName == null) {
            throw new InvalidFieldException("comms_name", "null", "must be set for a keep-alive session");
        }
    }

    /** A changeable copy, for the methods below only. */
    private static final class Parts {
        private String prompt;
        private List<ContentBlock> blocks = List.of();
        private List<String> instructions = List.of();
        private String realm = DEFAULT_REALM;
        private @Nullable String commsName;
        private boolean keepAlive;
        private boolean deferred;
        private PeerMeta peerMeta = PeerMeta.NONE;
        private Map<String, String> labels = Map.of();
        private @Nullable String model;
        private @Nullable String systemPrompt;

        private Parts(String prompt) {
            this.prompt = prompt;
        }
    }

    private Parts parts() {
        Parts parts = new Parts(prompt);
        parts.blocks = blocks;
        parts.instructions = instructions;
        parts.realm = realm;
        parts.commsName = commsName;
        parts.keepAlive = keepAlive;
        parts.deferred = deferred;
        parts.peerMeta = peerMeta;
        parts.labels = labels;
        parts.model = model;
        parts.systemPrompt = systemPrompt;
        return parts;
    }

    /**
     * A session that starts with a turn on this prompt.
     *
     * @param prompt the first prompt, not blank
     * @return the spec
     * @throws InvalidFieldException if the prompt is null, blank or too large
     */
    public static SessionSpec prompt(String prompt) {
        return new SessionSpec(new Parts(prompt));
    }

    /**
     * Stays resident under a name after its first turn, so that later work wakes it.
     *
     * @param commsName the name, unique among the live sessions of the realm
     * @return a changed copy
     */
    public SessionSpec keepAlive(String commsName) {
        Parts parts = parts();
        parts.commsName = Check.notNull(commsName, "comms_name");
        parts.keepAlive = true;
        return new SessionSpec(parts);
    }

    /**
     * Has a name, so that peers may address it, but wakes on explicit turns only.
     *
     * @param commsName the name, unique among the live sessions of the realm
     * @return a changed copy
     */
    public SessionSpec commsName(String commsName) {
        Parts parts = parts();
        parts.commsName = Check.notNull(commsName, "comms_name");
        return new SessionSpec(parts);
    }

    /**
     * Wakes on admitted work, or not.
     *
     * @param keepAlive true needs a comms name, {@code keep_alive} on the wire
     * @return a changed copy
     * @throws InvalidFieldException if true and there is no comms name
     */
    public SessionSpec keepAlive(boolean keepAlive) {
        Parts parts = parts();
        parts.keepAlive = keepAlive;
        return new SessionSpec(parts);
    }

    /**
     * Keeps the prompt for later instead of starting a turn on it: the first turn, whatever starts
     * it, begins with it.
     *
     * @return a changed copy
     */
    public SessionSpec deferred() {
        Parts parts = parts();
        parts.deferred = true;
        return new SessionSpec(parts);
    }

    /**
     * With more content in its first prompt.
     *
     * @param blocks what comes after the text
     * @return a changed copy
     */
    public SessionSpec blocks(List<ContentBlock> blocks) {
        Parts parts = parts();
        parts.blocks = blocks;
        return new SessionSpec(parts);
    }

    /**
     * With texts for the agent beside the prompt; the transcript shows each as a {@link
     * TranscriptEntry.SystemPrompt} before the prompt.
     *
     * @param instructions the texts
     * @return a changed copy
     */
    public SessionSpec instructions(List<String> instructions) {
        Parts parts = parts();
        parts.instructions = instructions;
        return new SessionSpec(parts);
    }

    /**
     * In another realm.
     *
     * @param realm the namespace of its comms name
     * @return a changed copy
     */
    public SessionSpec realm(String realm) {
        Parts parts = parts();
        parts.realm = realm;
        return new SessionSpec(parts);
    }

    /**
     * With labels, by which it can be listed.
     *
     * @param labels at most {@link Limits#LABELS_BYTES} in all
     * @return a changed copy
     */
    public SessionSpec labels(Map<String, String> labels) {
        Parts parts = parts();
        parts.labels = labels;
        return new SessionSpec(parts);
    }

    /**
     * With what its peers are told of it.
     *
     * @param peerMeta description and labels
     * @return a changed copy
     */
    public SessionSpec peerMeta(PeerMeta peerMeta) {
        Parts parts = parts();
        parts.peerMeta = peerMeta;
        return new SessionSpec(parts);
    }

    /**
     * With a model for the agent to use, if it uses one.
     *
     * @param model the model's name
     * @return a changed copy
     */
    public SessionSpec model(String model) {
        Parts parts = parts();
        parts.model = Check.notNull(model, "model");
        return new SessionSpec(parts);
    }

    /**
     * With a system prompt: the first entry of its transcript.
     *
     * @param systemPrompt the text, not blank
     * @return a changed copy
     */
    public SessionSpec systemPrompt(String systemPrompt) {
        Parts parts = parts();
        parts.systemPrompt = Check.notNull(systemPrompt, "system_prompt");
        return new SessionSpec(parts);
    }

    /**
     * The first prompt.
     *
     * @return the text
     */
    public String prompt() {
        return prompt;
    }

    /**
     * The first prompt with its blocks.
     *
     * @return the prompt as an input
     */
    public InputBody.Prompt promptInput() {
        return new InputBody.Prompt(prompt, blocks, instructions);
    }

    /**
     * The namespace of its name.
     *
     * @return the realm
     */
    public String realm() {
        return realm;
    }

    /**
     * Its name among peers.
     *
     * @return the name, or empty
     */
    public Optional<String> commsName() {
        return Optional.ofNullable(commsName);
    }

    /**
     * Whether it wakes on admitted work.
     *
     * @return the flag
     */
    public boolean keepAlive() {
        return keepAlive;
    }

    /**
     * Whether its first turn is left for later.
     *
     * @return the flag
     */
    public boolean startsDeferred() {
        return deferred;
    }

    /**
     * What its peers are told of it.
     *
     * @return description and labels
     */
    public PeerMeta peerMeta() {
        return peerMeta;
    }

    /**
     * Its labels.
     *
     * @return unmodifiable
     */
    public Map<String, String> labels() {
        return labels;
    }

    /**
     * The model for the agent.
     *
     * @return the name, or empty
     */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /**
     * The system prompt.
     *
     * @return the text, or empty
     */
    public Optional<String> systemPrompt() {
        return Optional.ofNullable(systemPrompt);
    }
}
