package dev.meerkat.webhooks;

import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the sender of a delivery is answered.
 *
 * @param result what became of the delivery
 * @param status the status of HTTP
 * @param headers the headers of the answer, one value each
 * @param body the body, to be sent in UTF-8; may be empty
 * @param detail what was found, for the log of who runs this; never part of the answer to a sender who did not prove who
 *     it is
 */
public record WebhookResponse(
        WebhookResult result, int status, Map<String, String> headers, String body, String detail) {
    private static final String TYPE = "Content-Type";
    private static final int NO_CONTENT = 204;

    /** Copies. */
    public WebhookResponse {
        headers = Map.copyOf(headers);
    }

    static WebhookResponse taken(WebhookResult result, int status, Optional<InputId> input) {
        Map<String, String> more =
                input.map(id -> Map.of("input_id", id.toString())).orElse(Map.of());
        return json(result, status, Map.of(), more, result.text());
    }

    static WebhookResponse dropped(int status, String eventType) {
        WebhookResult result = WebhookResult.DROPPED;
        return json(result, status, Map.of(), Map.of("event_type", eventType), "drops " + eventType);
    }

    static WebhookResponse challenge(String answer) {
        WebhookResult result = WebhookResult.CHALLENGE;
        Map<String, String> headers = Map.of(TYPE, "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff");
        return new WebhookResponse(result, result.status(), headers, answer, "answers the challenge");
    }

    static WebhookResponse refused(Refusal refusal, int status) {
        Map<String, String> headers = new LinkedHashMap<>();
        Duration wait = refusal.retryAfter();
        if (wait != null) {
            headers.put(
                    "Retry-After",
                    Long.toString(Math.max(1, wait.plusMillis(999).toSeconds())));
        }
        if (refusal.result() == WebhookResult.WRONG_METHOD) {
            headers.put("Allow", "POST");
        }
        boolean silent = refusal.result() == WebhookResult.UNAUTHORIZED || refusal.result() == WebhookResult.UNKNOWN;
        Map<String, String> more = silent ? Map.of() : Map.of("error", refusal.message());
        return json(refusal.result(), status, headers, more, refusal.message());
    }

    private static WebhookResponse json(
            WebhookResult result, int status, Map<String, String> headers, Map<String, String> more, String detail) {
        if (status == NO_CONTENT) {
            return new WebhookResponse(result, status, headers, "", detail);
        }
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(TYPE, "application/json");
        Map<String, String> body = new LinkedHashMap<>();
        body.put("outcome", result.text());
        body.putAll(more);
        return new WebhookResponse(result, status, all, Json.of(body).text(), detail);
    }
}
