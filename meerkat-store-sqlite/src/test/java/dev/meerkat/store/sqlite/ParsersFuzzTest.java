package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gives changed bytes to each parser of what the store has on disk: it reads a value, which it reads again from what it
 * writes of it, or refuses with an exception. It never ends with an error of the machine, such as a full stack. The changes
 * come from a seed; see {@link StoredBytesJazzerTest} for those that coverage guides.
 */
@Timeout(600)
class ParsersFuzzTest {
    private static final int CASES = Integer.getInteger("meerkat.fuzz.cases", 5_000);
    private static final long SEED = Long.getLong("meerkat.fuzz.seed", 20261130);
    private static final int MOST_CHANGES = 3;

    private static final byte[][] PIECES = Stream.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    "\"",
                    "\\u0000",
                    "\\ud800",
                    "null",
                    "-1",
                    "1e999",
                    "9223372036854775808",
                    ",",
                    ":",
                    "\0")
            .map(piece -> piece.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);

    static List<StoredParser> parsers() {
        return StoredParser.all();
    }

    private static byte[] changed(byte[] seed, Random random) {
        byte[] bytes = seed.clone();
        for (int i = 1 + random.nextInt(MOST_CHANGES); i > 0; i--) {
            int at = random.nextInt(bytes.length + 1);
            switch (random.nextInt(6)) {
                case 0 -> bytes = at == bytes.length ? bytes : with(bytes, at, bytes[at] ^ (1 << random.nextInt(8)));
                case 1 -> bytes = at == bytes.length ? bytes : with(bytes, at, random.nextInt(256));
                case 2 -> bytes = joined(bytes, at, PIECES[random.nextInt(PIECES.length)], at);
                case 3 -> bytes = joined(bytes, at, new byte[0], Math.min(bytes.length, at + 1 + random.nextInt(8)));
                case 4 -> {
                    int from = random.nextInt(bytes.length + 1);
                    bytes = joined(bytes, at, Arrays.copyOfRange(bytes, from, bytes.length), at);
                }
                default -> bytes = Arrays.copyOf(bytes, at);
            }
        }
        return bytes;
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    /** The bytes before a place, others, and those from another place on. */
    private static byte[] joined(byte[] bytes, int before, byte[] middle, int from) {
        byte[] joined = Arrays.copyOf(bytes, before + middle.length + bytes.length - from);
        System.arraycopy(middle, 0, joined, before, middle.length);
        System.arraycopy(bytes, from, joined, before + middle.length, bytes.length - from);
        return joined;
    }

    @ParameterizedTest
    @MethodSource("parsers")
    void changedBytesAreReadOrRefused(StoredParser parser) {
        for (byte[] seed : parser.seeds()) {
            assertThat(parser.read(seed)).isPresent();
        }
        int read = 0;
        for (int i = 0; i < CASES; i++) {
            Random random = new Random(SEED + i);
            byte[] bytes = changed(parser.seeds().get(i % parser.seeds().size()), random);
            Optional<byte[]> found = parser.read(bytes);
            if (found.isPresent()) {
                read++;
                assertThat(parser.again().apply(found.get()))
                        .as("%s, seed %s: what is written is read as the same", parser, SEED + i)
                        .isEqualTo(found.get());
            }
        }
        System.out.println(parser + ": " + CASES + " changed inputs, " + read + " read, " + (CASES - read)
                + " refused, from seed " + SEED);
        assertThat(CASES).isPositive();
    }
}
