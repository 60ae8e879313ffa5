package dev.meerkat.webhooks;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Where a sender puts its signatures, and what it signs before the body. */
@FunctionalInterface
interface SignatureForm {
    /**
     * What was found in the headers.
     *
     * @param preamble what is signed before the body
     * @param timestamp the seconds that are signed, or empty
     * @param signatures the decoded signatures; one must match
     */
    record Signed(String preamble, Optional<String> timestamp, List<byte[]> signatures) {}

    /**
     * Reads the headers.
     *
     * @throws Refusal if one is missing
     */
    Signed read(WebhookRequest request);

    /** {@code t=1492774577,v1=5257a8...,v1=...,v0=...}; the dot stands between timestamp and body. */
    static Signed stripe(WebhookRequest request) {
        String timestamp = "";
        List<byte[]> signatures = new ArrayList<>();
        for (String part : needed(request, "Stripe-Signature").split(",", -1)) {
            String text = part.strip();
            if (text.startsWith("t=")) {
                timestamp = text.substring(2);
            } else if (text.startsWith("v1=")) {
                addHex(text.substring(3), signatures);
            }
        }
        return new Signed(timestamp + ".", Optional.of(timestamp), signatures);
    }

    /** {@code v0=a2114d...} over {@code v0:timestamp:body}. */
    static Signed slack(WebhookRequest request) {
        String timestamp = needed(request, "X-Slack-Request-Timestamp");
        String signature = needed(request, "X-Slack-Signature");
        List<byte[]> signatures = new ArrayList<>();
        if (signature.startsWith("v0=")) {
            addHex(signature.substring(3), signatures);
        }
        return new Signed("v0:" + timestamp + ":", Optional.of(timestamp), signatures);
    }

    /** {@code v1,base64 v1a,base64} over {@code id.timestamp.body}. */
    static Signed standardWebhooks(WebhookRequest request) {
        String id = needed(request, "webhook-id");
        String timestamp = needed(request, "webhook-timestamp");
        List<byte[]> signatures = new ArrayList<>();
        for (String part : needed(request, "webhook-signature").split(" ", -1)) {
            int comma = part.indexOf(',');
            String version = comma < 0 ? "" : part.substring(0, comma);
            if (version.equals("v1") || version.equals("v1a")) {
                addBase64(part.substring(comma + 1), signatures);
            }
        }
        return new Signed(id + "." + timestamp + ".", Optional.of(timestamp), signatures);
    }

    static SignatureForm ed25519(String header, String timestampHeader) {
        return request -> {
            String timestamp = needed(request, timestampHeader);
            List<byte[]> signatures = new ArrayList<>();
            addHex(needed(request, header), signatures);
            return new Signed(timestamp, Optional.of(timestamp), signatures);
        };
    }

    static String needed(WebhookRequest request, String header) {
        return request.header(header).orElseThrow(() -> Refusal.unauthorized("there is no header " + header));
    }

    /** What is no hex is no signature. */
    static void addHex(String text, List<byte[]> signatures) {
        try {
            signatures.add(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException e) {
            // Another signature may be one.
        }
    }

    /** What is no base64 is no signature. */
    static void addBase64(String text, List<byte[]> signatures) {
        try {
            signatures.add(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            // Another signature may be one.
        }
    }
}
