package dev.meerkat.server.hostile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes bad input of good. Its random numbers come from a seed. */
final class Mutations {
    /** What stands where something else is expected. */
    private static final List<String> WRONG = List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "123456789012345678901234567890",
            "0.1",
            "\"\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"" + "x".repeat(5_000) + "\"",
            "[]",
            "{}",
            "[[[[1]]]]",
            "{\"a\":{\"b\":null}}",
            "[".repeat(200) + "]".repeat(200));

    private final Random random;

    Mutations(long seed) {
        random = new Random(seed);
    }

    static ObjectNode json(String text) {
        try {
            byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            return (ObjectNode) WireJson.read(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value with each of its fields left out, repeated, and of each wrong type; and fields that nobody knows. */
    static List<String> ofEveryField(String valid) {
        ObjectNode value = json(valid);
        List<String> all = new ArrayList<>();
        value.properties().forEach(field -> {
            ObjectNode without = value.deepCopy();
            without.remove(field.getKey());
            String rest = without.toString();
            all.add(rest);
            for (String wrong : WRONG) {
                all.add(with(rest, field.getKey(), wrong));
            }
            all.add(with(value.toString(), field.getKey(), field.getValue().toString()));
            if (field.getValue() instanceof ObjectNode inner) {
                ofEveryField(inner.toString()).forEach(each -> all.add(with(rest, field.getKey(), each)));
            }
        });
        all.add(with(value.toString(), "nobody_knows", "1"));
        return all;
    }

    /** An object with one more field. */
    static String with(String object, String name, String value) {
        return object.equals("{}")
                ? "{\"" + name + "\":" + value + "}"
                : object.substring(0, object.length() - 1) + ",\"" + name + "\":" + value + "}";
    }

    /** The bytes with some of them changed, left out, doubled, or cut off; never with the end of a line. */
    byte[] broken(String valid) {
        byte[] bytes = valid.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times && bytes.length > 1; i++) {
            bytes = once(bytes);
        }
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n' || bytes[i] == '\r') {
                bytes[i] = ' ';
            }
        }
        return bytes;
    }

    private byte[] once(byte[] bytes) {
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(8));
        switch (random.nextInt(5)) {
            case 0 -> {
                bytes[at] = (byte) random.nextInt(256);
                return bytes;
            }
            case 1 -> {
                bytes[at] = (byte) "{}[]\",:0\\".charAt(random.nextInt(9));
                return bytes;
            }
            case 2 -> {
                return joined(bytes, at, at + length);
            }
            case 3 -> {
                return joined(bytes, at + length, at);
            }
            default -> {
                return java.util.Arrays.copyOf(bytes, at + 1);
            }
        }
    }

    /** Its beginning up to one place, and its end from another on. */
    private static byte[] joined(byte[] bytes, int head, int tail) {
        byte[] result = new byte[head + bytes.length - tail];
        System.arraycopy(bytes, 0, result, 0, head);
        System.arraycopy(bytes, tail, result, head, bytes.length - tail);
        return result;
    }
}
