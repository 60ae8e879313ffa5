package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a route finds out that a delivery comes from its sender. Each takes several secrets, so that a secret can be
 * replaced without a gap: the route knows the old and the new one until the sender uses the new one only.
 *
 * <p>Signatures are checked over the bytes of the body, before anything is parsed, and compared in constant time.
 * Immutable and thread-safe; {@code toString} shows no secret.
 */
public abstract sealed class Verification permits SignatureVerification, Verification.Token, Verification.None {
    /** How far a timestamp may be from the time of arrival, in both directions, unless another tolerance is set. */
    public static final Duration TOLERANCE = Duration.ofMinutes(5);

    Verification() {}

    /**
     * GitHub's {@code X-Hub-Signature-256}.
     *
     * @param secrets the secret of the webhook's settings
     * @return the verification
     */
    public static Verification github(WebhookSecret... secrets) {
        return hmac(HmacHeader.of("X-Hub-Signature-256").withPrefix("sha256="), secrets);
    }

    /**
     * GitLab's {@code X-Gitlab-Token}, the secret token itself. A webhook with GitLab's newer signing token is verified by
     * {@link #standardWebhooks}.
     *
     * @param secrets the secret token of the webhook's settings
     * @return the verification
     */
    public static Verification gitlab(WebhookSecret... secrets) {
        return sharedSecret("X-Gitlab-Token", secrets);
    }

    /**
     * Stripe's {@code Stripe-Signature}: {@code t=} and one or several {@code v1=}.
     *
     * @param tolerance how far {@code t} may be from the time of arrival, see {@link #TOLERANCE}
     * @param secrets the endpoint's signing secret, {@code whsec_...}
     * @return the verification
     */
    public static Verification stripe(Duration tolerance, WebhookSecret... secrets) {
        return new SignatureVerification(
                "stripe", SignatureForm::stripe, SignatureKey.hmac("HmacSHA256", list(secrets)), checked(tolerance));
    }

    /**
     * Slack's {@code X-Slack-Signature}, version {@code v0}, over {@code X-Slack-Request-Timestamp} and the body.
     *
     * @param tolerance how far the timestamp may be from the time of arrival, see {@link #TOLERANCE}
     * @param secrets the app's signing secret
     * @return the verification
     */
    public static Verification slack(Duration tolerance, WebhookSecret... secrets) {
        return new SignatureVerification(
                "slack", SignatureForm::slack, SignatureKey.hmac("HmacSHA256", list(secrets)), checked(tolerance));
    }

    /**
     * Standard Webhooks: {@code webhook-id}, {@code webhook-timestamp} and {@code webhook-signature}, with signatures
     * {@code v1} (HMAC) and {@code v1a} (Ed25519).
     *
     * @param tolerance how far the timestamp may be from the time of arrival, see {@link #TOLERANCE}
     * @param secrets secrets {@code whsec_...}, public keys {@code whpk_...}, or base64 without prefix, which is a secret
     * @return the verification
     * @throws InvalidFieldException if one of them is neither
     */
    public static Verification standardWebhooks(Duration tolerance, WebhookSecret... secrets) {
        List<SignatureKey> keys =
                list(secrets).stream().map(SignatureKey::standardWebhooks).toList();
        return new SignatureVerification(
                "standard_webhooks", SignatureForm::standardWebhooks, keys, checked(tolerance));
    }

    /**
     * An Ed25519 signature over a timestamp and the body, as Discord sends it in {@code X-Signature-Ed25519} and {@code
     * X-Signature-Timestamp}.
     *
     * @param header the header with the signature, in hex
     * @param timestampHeader the header with the timestamp, in seconds since 1970
     * @param tolerance how far the timestamp may be from the time of arrival, see {@link #TOLERANCE}
     * @param publicKeys the sender's public keys, 32 bytes in hex each
     * @return the verification
     * @throws InvalidFieldException if a key is none
     */
    public static Verification ed25519(
            String header, String timestampHeader, Duration tolerance, WebhookSecret... publicKeys) {
        SignatureForm form = SignatureForm.ed25519(name(header, "header"), name(timestampHeader, "timestamp_header"));
        List<SignatureKey> keys =
                list(publicKeys).stream().map(SignatureKey::ed25519Hex).toList();
        return new SignatureVerification("ed25519", form, keys, checked(tolerance));
    }

    /**
     * An HMAC in a header of the sender's choice.
     *
     * @param header which header, and how the signature stands in it
     * @param secrets the key, whose UTF-8 bytes are used as they are
     * @return the verification
     */
    public static Verification hmac(HmacHeader header, WebhookSecret... secrets) {
        return new SignatureVerification(
                "hmac in " + header.header(),
                header::read,
                SignatureKey.hmac(header.hash().algorithm(), list(secrets)),
                header.tolerance());
    }

    /**
     * The secret itself in a header.
     *
     * @param header the name of the header
     * @param secrets the secret
     * @return the verification
     */
    public static Verification sharedSecret(String header, WebhookSecret... secrets) {
        return new Token(name(header, "header"), "", list(secrets));
    }

    /**
     * The secret in {@code Authorization: Bearer}.
     *
     * @param secrets the token
     * @return the verification
     */
    public static Verification bearer(WebhookSecret... secrets) {
        return new Token("Authorization", "bearer ", list(secrets));
    }

    /**
     * Everybody who reaches the route is believed. Only for senders that something else keeps apart, such as a network.
     *
     * @return the verification
     */
    public static Verification none() {
        return new None();
    }

    /**
     * Checks a delivery.
     *
     * @param signed the bytes that the sender signs
     * @throws Refusal if it is not proved who the sender is
     */
    abstract void check(WebhookRequest request, byte[] signed, Instant receivedAt);

    private static List<WebhookSecret> list(WebhookSecret[] secrets) {
        if (secrets.length == 0) {
            throw new InvalidFieldException("secrets", "[]", "must not be empty");
        }
        return List.of(secrets);
    }

    static Duration checked(Duration tolerance) {
        if (tolerance.isNegative() || tolerance.isZero()) {
            throw new InvalidFieldException("tolerance", tolerance.toString(), "must be positive");
        }
        return tolerance;
    }

    static String name(String header, String field) {
        boolean token = !header.isEmpty() && header.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != ':');
        if (!token) {
            throw new InvalidFieldException(field, header, "must be the name of a header");
        }
        return header;
    }

    /** Believes everybody. */
    static final class None extends Verification {
        @Override
        void check(WebhookRequest request, byte[] signed, Instant receivedAt) {
            // Whoever made the route has said that there is nothing to check.
        }

        @Override
        public String toString() {
            return "none";
        }
    }

    /** A secret that the sender shows as it is. */
    static final class Token extends Verification {
        private final String header;
        private final String scheme;
        private final List<WebhookSecret> secrets;

        /** With a scheme, such as {@code bearer} and a blank, whose case does not matter, or an empty one. */
        Token(String header, String scheme, List<WebhookSecret> secrets) {
            this.header = header;
            this.scheme = scheme;
            this.secrets = secrets;
        }

        @Override
        void check(WebhookRequest request, byte[] signed, Instant receivedAt) {
            Optional<String> shown = request.header(header);
            if (shown.isEmpty()) {
                throw Refusal.unauthorized("there is no header " + header);
            }
            if (!shown.get().regionMatches(true, 0, scheme, 0, scheme.length())) {
                throw Refusal.unauthorized("the header " + header + " does not begin with " + scheme.strip());
            }
            byte[] token = shown.get().substring(scheme.length()).strip().getBytes(StandardCharsets.UTF_8);
            boolean known = false;
            for (WebhookSecret secret : secrets) {
                known |= MessageDigest.isEqual(secret.bytes(), token);
            }
            if (!known) {
                throw Refusal.unauthorized("the secret in the header " + header + " is not known");
            }
        }

        @Override
        public String toString() {
            return "secret in " + header;
        }
    }
}
