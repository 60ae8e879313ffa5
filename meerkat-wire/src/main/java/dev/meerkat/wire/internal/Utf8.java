package dev.meerkat.wire.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text that comes in as bytes. */
public final class Utf8 {
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private Utf8() {}

    /** How many bytes the byte order mark takes with which some programs begin a text; 0 if there is none. */
    public static int markLength(byte[] bytes, int offset, int length) {
        boolean marked = length >= MARK.length
                && bytes[offset] == MARK[0]
                && bytes[offset + 1] == MARK[1]
                && bytes[offset + 2] == MARK[2];
        return marked ? MARK.length : 0;
    }

    /**
     * The text without its byte order mark.
     *
     * @throws CharacterCodingException if the bytes are not UTF-8
     */
    public static String text(byte[] bytes) throws CharacterCodingException {
        int mark = markLength(bytes, 0, bytes.length);
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, mark, bytes.length - mark))
                .toString();
    }
}
