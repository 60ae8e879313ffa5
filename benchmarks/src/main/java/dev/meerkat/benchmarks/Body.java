package dev.meerkat.benchmarks;

import java.nio.charset.StandardCharsets;

/** The text of a measured message: 64 characters that hold its sender and its number. */
final class Body {
    private static final int SENDER_DIGITS = 6;
    private static final int NUMBER_DIGITS = 14;
    private static final byte[] TEMPLATE =
            ("0".repeat(SENDER_DIGITS + NUMBER_DIGITS) + "x".repeat(44)).getBytes(StandardCharsets.ISO_8859_1);

    private Body() {}

    static String of(int sender, long number) {
        byte[] text = TEMPLATE.clone();
        write(text, SENDER_DIGITS, sender);
        write(text, SENDER_DIGITS + NUMBER_DIGITS, number);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    static int sender(String body) {
        return (int) read(body, 0, SENDER_DIGITS);
    }

    static long number(String body) {
        return read(body, SENDER_DIGITS, SENDER_DIGITS + NUMBER_DIGITS);
    }

    private static void write(byte[] text, int end, long value) {
        long rest = value;
        for (int i = end - 1; rest > 0; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static long read(String body, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + (body.charAt(i) - '0');
        }
        return value;
    }
}
