package dev.meerkat.agent;

import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An agent that answers with a chat model.
 *
 * <p>The model reads the transcript. Prompts are its user's words. Everything else that comes to the session is a
 * notice: one JSON object on one line, which says who sent it, by what right, and how to reply. The model may ask
 * for the tools given here, and for {@code send_message}, {@code send_request}, {@code wait_for_reply}, {@code respond},
 * {@code reply_to_peer}, {@code peers} and {@code wake_me}. Steered inputs enter before each call of the model. After a crash the turn
 * goes on with the same conversation; a call of a tool whose result is committed is not made again.
 *
 * <p>Immutable and thread-safe.
 */
public final class ChatAgent implements Agent {
    private final Settings settings;

    /** What a steer does that comes while the model speaks. */
    public enum Steering {
        /** The answer is finished, and the model called once more with the steer. */
        FINISH_ANSWER,
        /** The call is given up. What was said so far is kept, and the model called again with the steer. */
        GIVE_UP_CALL
    }

    /** What an agent is made of; not changed once an agent has it. */
    static final class Settings {
        final ChatModel model;
        List<ChatTool> tools = List.of();
        Budget budget = Budget.TURN_DEFAULT;
        Budget sessionBudget = Budget.UNLIMITED;
        ContextPolicy context = new ContextPolicy.Refuse();
        Steering steering = Steering.FINISH_ANSWER;
        Duration toolTimeout = Duration.ofMinutes(1);
        Duration replyTimeout = Duration.ofMinutes(2);
        Duration idleTimeout = Duration.ofMinutes(2);

        /** All that the model may ask for; the same list as long as the tools are the same. */
        List<ChatTool> shown = shown(tools);

        /** Shared by all copies: what a model reads of a transcript does not depend on settings. */
        final KeptConversations conversations;

        private Settings(ChatModel model, KeptConversations conversations) {
            this.model = model;
            this.conversations = conversations;
        }

        private Settings copy() {
            Settings copy = new Settings(model, conversations);
            copy.tools = tools;
            copy.shown = shown;
            copy.budget = budget;
            copy.sessionBudget = sessionBudget;
            copy.context = context;
            copy.steering = steering;
            copy.toolTimeout = toolTimeout;
            copy.replyTimeout = replyTimeout;
            copy.idleTimeout = idleTimeout;
            return copy;
        }
    }

    private ChatAgent(Settings settings) {
        this.settings = settings;
    }

    private ChatAgent with(Consumer<Settings> change) {
        Settings changed = settings.copy();
        change.accept(changed);
        return new ChatAgent(changed);
    }

    /**
     * An agent on a model, with the comms tools. A turn may make 25 calls of the model and 100 of tools; a tool may
     * take a minute; the model may say nothing for two minutes, and a peer not reply for as long.
     *
     * @param model the model
     * @return the agent
     */
    public static ChatAgent of(ChatModel model) {
        return new ChatAgent(new Settings(
                Objects.requireNonNull(model, "model"), new KeptConversations(KeptConversations.MOST_CHARS)));
    }

    /**
     * Sets the tools beside the comms tools.
     *
     * @param tools each with a name of its own
     * @return a changed copy
     * @throws IllegalArgumentException if two tools have the same name
     */
    public ChatAgent tools(ChatTool... tools) {
        List<ChatTool> shown = shown(List.of(tools));
        List<String> names = shown.stream().map(ChatTool::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("two tools have the same name: " + names);
        }
        return with(changed -> {
            changed.tools = List.of(tools);
            changed.shown = shown;
        });
    }

    private static List<ChatTool> shown(List<ChatTool> tools) {
        return Stream.concat(Stream.of(CommsTool.values()).map(CommsTool::shown), tools.stream())
                .collect(Collectors.toUnmodifiableList());
    }

    /**
     * The names of all tools that the model may ask for, those with which it talks to peers among them. Tools that are
     * added must have other names.
     *
     * @return the names
     */
    public Set<String> toolNames() {
        return settings.shown.stream().map(ChatTool::name).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * Sets what a turn may use, all its attempts together. A turn that asks for more parks its session: it goes on, with
     * the same budget once more, when somebody calls {@link dev.meerkat.api.Session#unpark}.
     *
     * @param budget the budget
     * @return a changed copy
     */
    public ChatAgent budget(Budget budget) {
        Objects.requireNonNull(budget, "budget");
        return with(changed -> changed.budget = budget);
    }

    /**
     * Sets what all turns of a session may use together. A session that asks for more is parked, and goes on as with
     * {@link #budget}.
     *
     * @param budget the budget
     * @return a changed copy
     */
    public ChatAgent sessionBudget(Budget budget) {
        Objects.requireNonNull(budget, "budget");
        return with(changed -> changed.sessionBudget = budget);
    }

    /**
     * Sets what happens when a conversation grows too long.
     *
     * @param context {@link ContextPolicy.Refuse} unless set
     * @return a changed copy
     */
    public ChatAgent context(ContextPolicy context) {
        Objects.requireNonNull(context, "context");
        return with(changed -> changed.context = context);
    }

    /**
     * Sets what a steer does that comes while the model speaks.
     *
     * @param steering {@link Steering#FINISH_ANSWER} unless set
     * @return a changed copy
     */
    public ChatAgent steering(Steering steering) {
        Objects.requireNonNull(steering, "steering");
        return with(changed -> changed.steering = steering);
    }

    /**
     * Sets how long a tool may take that says nothing else ({@link ChatTool#timeout}). One that takes longer is
     * interrupted, and the model reads so.
     *
     * @param timeout more than zero
     * @return a changed copy
     */
    public ChatAgent toolTimeout(Duration timeout) {
        Duration checked = positive(timeout);
        return with(changed -> changed.toolTimeout = checked);
    }

    /**
     * Sets how long {@code wait_for_reply} waits. The model then reads that there is no reply yet, and may wait again.
     *
     * @param timeout more than zero
     * @return a changed copy
     */
    public ChatAgent replyTimeout(Duration timeout) {
        Duration checked = positive(timeout);
        return with(changed -> changed.replyTimeout = checked);
    }

    /**
     * Sets how long the model may say nothing. Its call is then given up, at the latest after a quarter of this time
     * more, and fails as {@link ModelException.Kind#STALLED}.
     *
     * @param timeout more than zero
     * @return a changed copy
     */
    public ChatAgent idleTimeout(Duration timeout) {
        Duration checked = positive(timeout);
        return with(changed -> changed.idleTimeout = checked);
    }

    private static Duration positive(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be more than zero: " + timeout);
        }
        return timeout;
    }

    @Override
    public String answer(TurnContext turn) throws Exception {
        return new ChatTurn(settings, turn).answer();
    }
}
