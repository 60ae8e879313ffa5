package dev.meerkat.webhooks;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/** A signature over the body and what stands before it. */
final class SignatureVerification extends Verification {
    /** Of one delivery; a sender that replaces its secret gives two. */
    private static final int MOST_SIGNATURES = 16;

    private static final Pattern SECONDS = Pattern.compile("\\d{1,15}");

    private final String name;
    private final SignatureForm form;
    private final List<SignatureKey> keys;
    private final Duration tolerance;

    SignatureVerification(String name, SignatureForm form, List<SignatureKey> keys, Duration tolerance) {
        this.name = name;
        this.form = form;
        this.keys = List.copyOf(keys);
        this.tolerance = tolerance;
    }

    @Override
    void check(WebhookRequest request, byte[] signed, Instant receivedAt) {
        SignatureForm.Signed found = form.read(request);
        if (found.signatures().isEmpty()) {
            throw Refusal.unauthorized("there is no signature of a known form");
        }
        if (found.signatures().size() > MOST_SIGNATURES) {
            throw Refusal.unauthorized("there are more than " + MOST_SIGNATURES + " signatures");
        }
        found.timestamp().ifPresent(text -> checkTime(text, receivedAt));
        byte[] preamble = found.preamble().getBytes(StandardCharsets.UTF_8);
        boolean matches = false;
        for (SignatureKey key : keys) {
            matches |= key.matches(preamble, signed, found.signatures());
        }
        if (!matches) {
            throw Refusal.unauthorized("no signature matches");
        }
    }

    /** The timestamp is signed, so that who has copied a delivery cannot send it much later. */
    private void checkTime(String text, Instant receivedAt) {
        if (!SECONDS.matcher(text).matches()) {
            throw Refusal.unauthorized("the timestamp is not a number of seconds");
        }
        try {
            Duration away = Duration.between(Instant.ofEpochSecond(Long.parseLong(text)), receivedAt);
            if (away.abs().compareTo(tolerance) > 0) {
                throw Refusal.unauthorized("the timestamp is " + away.toSeconds() + " s before the time of arrival");
            }
        } catch (DateTimeException | ArithmeticException e) {
            throw Refusal.unauthorized("the timestamp is out of range");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
