package dev.meerkat.agent;

import dev.meerkat.agent.ModelException.Kind;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What an HTTP status of a provider, and the body with it, say of a failed call. */
final class HttpStatuses {
    private static final int MOST_CHARS = 500;

    private static final Set<String> TOO_LONG = Set.of(
            "context_length_exceeded",
            "maximum context length",
            "context window",
            "context length",
            "prompt is too long",
            "input is too long",
            "request_too_large");

    private static final Set<String> REFUSED =
            Set.of("content_filter", "content_policy", "content management policy", "safety system");

    private HttpStatuses() {}

    static Kind kind(int status, String body) {
        return switch (status) {
            case 401, 403 -> Kind.BAD_CREDENTIALS;
            case 408, 504 -> Kind.STALLED;
            // A quota that is used up comes with the status of a rate limit, and does not pass.
            case 429 -> holds(body, Set.of("insufficient_quota")) ? Kind.OTHER : Kind.RATE_LIMITED;
            case 413 -> Kind.CONTEXT_TOO_LONG;
            case 400, 422 ->
                holds(body, TOO_LONG) ? Kind.CONTEXT_TOO_LONG : holds(body, REFUSED) ? Kind.REFUSED : Kind.OTHER;
            default -> status >= 500 ? Kind.OVERLOADED : Kind.OTHER;
        };
    }

    private static boolean holds(String body, Set<String> marks) {
        String lower = body.toLowerCase(Locale.ROOT);
        return marks.stream().anyMatch(lower::contains);
    }

    static String message(int status, String body) {
        String line = said(body).strip();
        return "the provider answered " + status + ": "
                + (line.length() <= MOST_CHARS ? line : line.substring(0, MOST_CHARS) + "...");
    }

    /** What the provider has to say, in the places where providers say it. */
    private static String said(String body) {
        return Stream.of("/error/message", "/message", "/error", "/detail")
                .flatMap(pointer -> text(body, pointer).stream())
                .findFirst()
                .orElse(body);
    }

    private static Optional<String> text(String body, String pointer) {
        try {
            return Json.parse(body)
                    .at(pointer)
                    .filter(json -> json.text().startsWith("\""))
                    .map(json -> json.as(String.class));
        } catch (InvalidFieldException e) {
            return Optional.empty();
        }
    }
}
