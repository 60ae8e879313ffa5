package dev.meerkat.webhooks;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A delivery as it came over HTTP: its method, its headers, and the bytes of its body, neither decoded nor unzipped.
 * Thread-safe as long as the caller does not change the body's array, which is not copied.
 */
public final class WebhookRequest {
    private final String method;
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final byte[] body;

    /**
     * A delivery.
     *
     * @param method the method of HTTP, in capitals
     * @param headers all values of each header, in order; the case of names does not matter. A value that is UTF-8 of
     *     which each byte became a character, as servlet containers give it, is read as UTF-8
     * @param body the body's bytes as they came; not copied
     */
    public WebhookRequest(String method, Map<String, List<String>> headers, byte[] body) {
        this.method = Objects.requireNonNull(method, "method");
        this.body = Objects.requireNonNull(body, "body");
        headers.forEach((name, values) -> {
            List<String> all = this.headers.computeIfAbsent(name, any -> new ArrayList<>());
            values.forEach(value -> all.add(asUtf8(value)));
        });
    }

    private static String asUtf8(String value) {
        boolean bytes = value.chars().allMatch(c -> c <= 0xff) && value.chars().anyMatch(c -> c >= 0x80);
        if (!bytes) {
            return value.strip();
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString()
                    .strip();
        } catch (CharacterCodingException e) {
            return value.strip();
        }
    }

    String method() {
        return method;
    }

    byte[] body() {
        return body;
    }

    /** The names of all headers. */
    Iterable<String> names() {
        return headers.keySet();
    }

    /** All values of a header, in order. */
    List<String> headers(String name) {
        return headers.getOrDefault(name, List.of());
    }

    /**
     * The one value of a header.
     *
     * @return empty if there is no such header, or it is empty
     * @throws Refusal if it is there more than once: which one is meant would be a guess
     */
    Optional<String> header(String name) {
        List<String> values = headers(name);
        if (values.size() > 1) {
            throw Refusal.malformed("the header " + name + " is there more than once");
        }
        return values.stream().filter(value -> !value.isEmpty()).findFirst();
    }

    /** Method and size of the body; headers and body may hold secrets. */
    @Override
    public String toString() {
        return "WebhookRequest[" + method + ", " + body.length + " bytes]";
    }
}
