package dev.meerkat.webhooks;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads bodies: unzips them, and finds out what they say. */
final class DeliveryBodies {
    private static final int PART_BYTES = 16 << 10;
    private static final int MOST_FIELDS = 1_000;
    private static final String PAYLOAD = "payload";
    private static final char MARK = '\ufeff';

    private DeliveryBodies() {}

    /** Stops at the limit, however much more would come of a few bytes. */
    static byte[] unzipped(WebhookRequest request, int limit) {
        String encoding = request.header("Content-Encoding").orElse("identity").toLowerCase(Locale.ROOT);
        if (encoding.equals("identity")) {
            return request.body();
        }
        if (!encoding.equals("gzip") && !encoding.equals("x-gzip")) {
            throw Refusal.of(
                    WebhookResult.UNSUPPORTED,
                    "the Content-Encoding " + encoding + " is not supported: it must be gzip or identity");
        }
        ByteArrayOutputStream unzipped = new ByteArrayOutputStream();
        byte[] part = new byte[PART_BYTES];
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                if (unzipped.size() + count > limit) {
                    throw tooLarge(limit);
                }
                unzipped.write(part, 0, count);
            }
        } catch (IOException e) {
            throw Refusal.malformed("the body is not gzip, as its Content-Encoding says");
        }
        return unzipped.toByteArray();
    }

    static Refusal tooLarge(int limit) {
        return Refusal.tooLarge("the body is over the limit of " + limit + " bytes");
    }

    static DeliveryContent content(WebhookRequest request, byte[] body, BodyFormat format) {
        String type = request.header("Content-Type").orElse("");
        return switch (format) {
            case JSON -> DeliveryContent.parse(text(body, type));
            case TEXT -> DeliveryContent.ofText(text(body, type));
            case CLOUD_EVENT -> CloudEvents.content(request, body, type);
            case BY_CONTENT_TYPE -> byType(body, type);
        };
    }

    private static DeliveryContent byType(byte[] body, String type) {
        String media = media(type);
        if (isJson(media)) {
            return DeliveryContent.parse(text(body, type));
        }
        if (media.equals("application/x-www-form-urlencoded")) {
            return form(text(body, type));
        }
        String text = text(body, type);
        if (media.isEmpty()) {
            try {
                return DeliveryContent.parse(text);
            } catch (Refusal e) {
                return DeliveryContent.ofText(text);
            }
        }
        return DeliveryContent.ofText(text);
    }

    static String media(String type) {
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    static boolean isJson(String media) {
        return media.equals("application/json") || media.endsWith("+json");
    }

    /** UTF-8 without a byte order mark; another charset is refused. */
    static String text(byte[] body, String type) {
        Optional<String> charset = charset(type);
        if (charset.filter(name -> !name.equals("utf-8") && !name.equals("utf8") && !name.equals("us-ascii"))
                .isPresent()) {
            throw Refusal.of(
                    WebhookResult.UNSUPPORTED, "the charset " + charset.get() + " is not supported: it must be utf-8");
        }
        String text = decoded(body);
        if (text == null) {
            throw Refusal.malformed("the body is not UTF-8");
        }
        return !text.isEmpty() && text.charAt(0) == MARK ? text.substring(1) : text;
    }

    /** Null if it is not UTF-8. */
    static @Nullable String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static Optional<String> charset(String type) {
        for (String parameter : type.split(";", -1)) {
            String text = parameter.strip().toLowerCase(Locale.ROOT);
            if (text.startsWith("charset=")) {
                return Optional.of(text.substring(8).replace("\"", ""));
            }
        }
        return Optional.empty();
    }

    /** The JSON in the field payload, or an object of the fields. */
    private static DeliveryContent form(String body) {
        Map<String, List<String>> fields = fields(body);
        List<String> payload = fields.getOrDefault(PAYLOAD, List.of());
        if (payload.size() == 1) {
            return DeliveryContent.parse(payload.get(0));
        }
        Map<String, Object> object = new LinkedHashMap<>();
        fields.forEach((name, values) -> object.put(name, values.size() == 1 ? values.get(0) : values));
        return DeliveryContent.of(object);
    }

    private static Map<String, List<String>> fields(String body) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        String[] pairs = body.isEmpty() ? new String[0] : body.strip().split("&", MOST_FIELDS + 1);
        if (pairs.length > MOST_FIELDS) {
            throw Refusal.malformed("the form has more than " + MOST_FIELDS + " fields");
        }
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            String name = percentDecoded((equals < 0 ? pair : pair.substring(0, equals)).replace('+', ' '));
            String value =
                    equals < 0 ? "" : percentDecoded(pair.substring(equals + 1).replace('+', ' '));
            fields.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
        }
        return fields;
    }

    /** Replaces {@code %xx}, whose bytes must be UTF-8. */
    static String percentDecoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        int from = 0;
        for (int at = text.indexOf('%'); at >= 0; at = text.indexOf('%', from)) {
            bytes.writeBytes(text.substring(from, at).getBytes(StandardCharsets.UTF_8));
            boolean whole = at + 2 < text.length();
            int high = whole ? Character.digit(text.charAt(at + 1), 16) : -1;
            int low = whole ? Character.digit(text.charAt(at + 2), 16) : -1;
            if (high < 0 || low < 0) {
                throw Refusal.malformed("a % is not followed by two hex digits");
            }
            bytes.write(high << 4 | low);
            from = at + 3;
        }
        bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
        String decoded = decoded(bytes.toByteArray());
        if (decoded == null) {
            throw Refusal.malformed("what is encoded with % is not UTF-8");
        }
        return decoded;
    }
}
