package dev.meerkat.peers;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A peer has answered a request with a failure. An implementation may throw one too, to choose the code and to tell
 * more.
 */
public final class IntentFailedException extends FailedException {
    private static final long serialVersionUID = 1L;

    /** The code of a request for something that the peer's interface does not have. */
    public static final String UNKNOWN_INTENT = "unknown_intent";

    /** The code of a request whose params the method does not take. */
    public static final String INVALID_PARAMS = "invalid_params";

    /** The code of an answer that is not what the method returns. */
    public static final String INVALID_RESULT = "invalid_result";

    /** The code of a failure that has no other. */
    public static final String FAILED = "failed";

    /** JSON text of what the failure tells beside code and message. */
    private final String details;

    /**
     * A failure.
     *
     * @param code the code, for programs: lower-case words joined by underscores
     * @param message what failed, for people
     */
    public IntentFailedException(String code, String message) {
        this(code, message, Json.NULL);
    }

    /**
     * A failure that tells more.
     *
     * @param code the code, for programs: lower-case words joined by underscores
     * @param message what failed, for people
     * @param details any JSON
     */
    public IntentFailedException(String code, String message, Json details) {
        super(Objects.requireNonNull(code, "code"), Objects.requireNonNull(message, "message"), null);
        this.details = details.text();
    }

    /**
     * What the failure tells beside code and message.
     *
     * @return any JSON; null if nothing
     */
    public Json details() {
        return Json.parse(details);
    }

    /** As the result of a failed response. */
    Json form() {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("code", code());
        form.put("message", getMessage());
        if (!details().equals(Json.NULL)) {
            form.put("details", details());
        }
        return Json.of(form);
    }

    /** Of the result of a failed response, which need not be of our making. */
    static IntentFailedException of(Json form) {
        return new IntentFailedException(
                text(form, "code", FAILED),
                text(form, "message", form.text()),
                form.at("/details").orElse(Json.NULL));
    }

    private static String text(Json form, String name, String otherwise) {
        return form.at("/" + name)
                .filter(value -> value.text().startsWith("\""))
                .map(value -> value.as(String.class))
                .orElse(otherwise);
    }
}
