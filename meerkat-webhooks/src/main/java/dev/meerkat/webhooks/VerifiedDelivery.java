package dev.meerkat.webhooks;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A verified delivery whose content is read, and what is known of it so far. */
final class VerifiedDelivery {
    private final WebhookRequest request;
    private final byte[] body;
    private final DeliveryContent content;
    private final String eventType;
    private final String source;

    /** With its body, unzipped, and what that says. Its type and source are not known yet. */
    VerifiedDelivery(WebhookRequest request, byte[] body, DeliveryContent content) {
        this(request, body, content, "", "");
    }

    private VerifiedDelivery(
            WebhookRequest request, byte[] body, DeliveryContent content, String eventType, String source) {
        this.request = request;
        this.body = body;
        this.content = content;
        this.eventType = eventType;
        this.source = source;
    }

    /** The same, with its type and source. */
    VerifiedDelivery of(String eventType, String source) {
        return new VerifiedDelivery(request, body, content, eventType, source);
    }

    WebhookRequest request() {
        return request;
    }

    DeliveryContent content() {
        return content;
    }

    String eventType() {
        return eventType;
    }

    String source() {
        return source;
    }

    /** The same for deliveries that say the same. */
    String digest() {
        MessageDigest digest = sha256();
        digest.update((eventType + '\n' + source + '\n').getBytes(StandardCharsets.UTF_8));
        return "sha256:" + HexFormat.of().formatHex(digest.digest(body));
    }

    /** A text of any length in few characters. */
    static String digest(String text) {
        return "sha256:" + HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
