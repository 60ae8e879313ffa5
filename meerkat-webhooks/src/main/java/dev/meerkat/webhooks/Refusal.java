package dev.meerkat.webhooks;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a delivery is not taken. Has no stack trace: it is the sender's doing, or a state that passes. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final WebhookResult result;
    private final transient @Nullable Duration retryAfter;

    private Refusal(WebhookResult result, String message, @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.result = result;
        this.retryAfter = retryAfter;
    }

    static Refusal of(WebhookResult result, String message) {
        return new Refusal(result, message, null);
    }

    static Refusal busy(String message, Duration retryAfter) {
        return new Refusal(WebhookResult.BUSY, message, retryAfter);
    }

    static Refusal malformed(String message) {
        return of(WebhookResult.MALFORMED, message);
    }

    /** Whoever cannot prove who they are is not told what was wrong. */
    static Refusal unauthorized(String detail) {
        return of(WebhookResult.UNAUTHORIZED, detail);
    }

    static Refusal tooLarge(String message) {
        return of(WebhookResult.TOO_LARGE, message);
    }

    WebhookResult result() {
        return result;
    }

    String message() {
        return String.valueOf(getMessage());
    }

    /** When the sender may come again, or null. */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
