package dev.meerkat.store.sqlite;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What Jazzer changes: the first byte says which parser reads the others. Public, as Jazzer calls it. */
public final class StoredBytesTarget {
    private static final List<StoredParser> PARSERS = StoredParser.all();

    private StoredBytesTarget() {}

    /**
     * Reads bytes, and reads again what was written of them.
     *
     * @param data which parser, and what it reads
     * @throws AssertionError if the two differ
     */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        StoredParser parser = PARSERS.get(Byte.toUnsignedInt(data[0]) % PARSERS.size());
        Optional<byte[]> found = parser.read(Arrays.copyOfRange(data, 1, data.length));
        if (found.isPresent() && !Arrays.equals(parser.again().apply(found.get()), found.get())) {
            throw new AssertionError(parser + ": what is written is not read as the same");
        }
    }

    /** {@return bytes that each parser can read, behind its number} */
    static List<byte[]> seeds() {
        return PARSERS.stream()
                .flatMap(parser -> parser.seeds().stream().map(seed -> numbered(PARSERS.indexOf(parser), seed)))
                .toList();
    }

    private static byte[] numbered(int parser, byte[] seed) {
        byte[] data = new byte[seed.length + 1];
        data[0] = (byte) parser;
        System.arraycopy(seed, 0, data, 1, seed.length);
        return data;
    }
}
