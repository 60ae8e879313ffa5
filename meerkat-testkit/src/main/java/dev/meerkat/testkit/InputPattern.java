package dev.meerkat.testkit;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.InputBody;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What a script expects of one input. Immutable and thread-safe. */
public final class InputPattern implements Predicate<AdmittedInput> {
    private static final InputPattern ANY = new InputPattern("any input", input -> true);

    private final String description;
    private final Predicate<AdmittedInput> condition;

    private InputPattern(String description, Predicate<AdmittedInput> condition) {
        this.description = description;
        this.condition = condition;
    }

    /**
     * Any input.
     *
     * @return the pattern
     */
    public static InputPattern any() {
        return ANY;
    }

    /**
     * An input that a condition holds for.
     *
     * @param description the condition in words, for messages
     * @param condition the condition
     * @return the pattern
     */
    public static InputPattern matching(String description, Predicate<AdmittedInput> condition) {
        return new InputPattern(description, condition);
    }

    /**
     * The prompt of an explicit turn.
     *
     * @param text its whole text
     * @return the pattern
     */
    public static InputPattern prompt(String text) {
        return of(InputBody.Prompt.class, "prompt", text, InputBody.Prompt::text);
    }

    /**
     * A local input.
     *
     * @param body its whole text
     * @return the pattern
     */
    public static InputPattern local(String body) {
        return of(
                InputBody.Local.class,
                "local input",
                body,
                local -> local.command().body());
    }

    /**
     * A message from a peer.
     *
     * @param body its whole text
     * @return the pattern
     */
    public static InputPattern message(String body) {
        return of(
                InputBody.PeerMessage.class,
                "message",
                body,
                message -> message.command().body());
    }

    /**
     * A request from a peer.
     *
     * @param intent its intent
     * @return the pattern
     */
    public static InputPattern request(String intent) {
        return of(
                InputBody.PeerRequest.class,
                "request",
                intent,
                request -> request.command().intent());
    }

    /**
     * A response from a peer.
     *
     * @return the pattern
     */
    public static InputPattern response() {
        return kind(InputBody.PeerResponse.class);
    }

    /**
     * An external event.
     *
     * @param eventType its type
     * @return the pattern
     */
    public static InputPattern event(String eventType) {
        return of(
                InputBody.External.class,
                "event",
                eventType,
                external -> external.event().eventType());
    }

    /**
     * An input of one kind.
     *
     * @param kind the kind, such as {@code InputBody.PeerLifecycle.class}
     * @return the pattern
     */
    public static InputPattern kind(Class<? extends InputBody> kind) {
        return new InputPattern("any " + kind.getSimpleName(), input -> kind.isInstance(input.body()));
    }

    /**
     * An input whose text, as {@link #text} returns it, has a match.
     *
     * @param regex looked for in the text
     * @return the pattern
     */
    public static InputPattern textLike(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return new InputPattern(
                "text like /" + regex + "/",
                input -> pattern.matcher(text(input.body())).find());
    }

    /**
     * An input that also matches another pattern.
     *
     * @param other the other pattern
     * @return the pattern
     */
    public InputPattern and(InputPattern other) {
        return new InputPattern(
                description + " and " + other.description, input -> condition.test(input) && other.test(input));
    }

    /**
     * The words of an input: a prompt's or message's text, a request's intent and params, a response's
     * result, an event's type and payload.
     *
     * @param body the input
     * @return the text
     */
    public static String text(InputBody body) {
        return body.match(
                prompt -> prompt.text(),
                local -> local.command().body(),
                external ->
                        external.event().eventType() + " " + external.event().payload(),
                peer -> peer.matchPeer(
                        message -> message.command().body(),
                        lifecycle -> lifecycle.command().lifecycleKind().toString(),
                        request -> request.command().intent() + " "
                                + request.command().params(),
                        response -> response.command().result().text()));
    }

    private static <B extends InputBody> InputPattern of(
            Class<B> kind, String name, String expected, java.util.function.Function<B, String> text) {
        return new InputPattern(
                name + " \"" + expected + "\"",
                input -> kind.isInstance(input.body())
                        && text.apply(kind.cast(input.body())).equals(expected));
    }

    /** Whether each input matches the pattern at its place, and there are as many of both. */
    static boolean allMatch(List<InputPattern> patterns, List<AdmittedInput> inputs) {
        if (patterns.size() != inputs.size()) {
            return false;
        }
        for (int i = 0; i < patterns.size(); i++) {
            if (!patterns.get(i).test(inputs.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Inputs in the words of messages. */
    static String describe(List<AdmittedInput> inputs) {
        return inputs.stream()
                .map(input -> input.body().getClass().getSimpleName() + " \"" + text(input.body()) + "\"")
                .toList()
                .toString();
    }

    @Override
    public boolean test(AdmittedInput input) {
        return condition.test(input);
    }

    @Override
    public String toString() {
        return description;
    }
}
