package dev.meerkat.api.internal;

import java.util.function.IntPredicate;

/**
 * Makes text of others fit for error messages, logs and terminals: a character that is not plain is replaced by a
 * visible escape. Such a character could start a new line, move the cursor, change the direction of the text or not be
 * seen at all.
 */
public final class Printable {
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_ASCII = 0x7e;

    private Printable() {}

    /**
     * Whether a character shows itself and nothing else. Control and format characters, direction marks, characters of
     * no width, line separators, halves of pairs, and characters without a fixed meaning are not plain.
     *
     * @param codePoint the character
     * @return true for letters, marks, digits, signs and blanks
     */
    public static boolean isPlain(int codePoint) {
        if (codePoint <= LAST_ASCII) {
            return codePoint >= FIRST_PRINTABLE;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> !isUnseen(codePoint);
        };
    }

    /** Letters and marks that Unicode shows as nothing, and the empty Braille pattern. */
    private static boolean isUnseen(int codePoint) {
        return switch (codePoint) {
            case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0 -> true;
            default ->
                (codePoint >= 0x180b && codePoint <= 0x180f)
                        || (codePoint >= 0xfe00 && codePoint <= 0xfe0f)
                        || (codePoint >= 0xe0100 && codePoint <= 0xe01ef);
        };
    }

    /**
     * Whether a text has plain characters only.
     *
     * @param text the text
     * @return true if {@link #line} gives it back as it is
     */
    public static boolean isPlain(String text) {
        return text.codePoints().allMatch(Printable::isPlain);
    }

    /**
     * A text as one line of plain characters. Others are written as <code>\n</code>, <code>\r</code>, <code>\t</code>
     * or as their number in hexadecimal digits, such as <code>&#92;u{1b}</code>.
     *
     * @param text the text
     * @return the line
     */
    public static String line(String text) {
        return escaped(text, Printable::isPlain);
    }

    /**
     * Like {@link #line}, and with every character outside ASCII escaped, so that no two texts look alike.
     *
     * @param text the text
     * @return the line
     */
    public static String ascii(String text) {
        return escaped(text, c -> c >= FIRST_PRINTABLE && c <= LAST_ASCII);
    }

    private static String escaped(String text, IntPredicate plain) {
        if (text.codePoints().allMatch(plain)) {
            return text;
        }
        StringBuilder line = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (plain.test(c)) {
                line.appendCodePoint(c);
            } else {
                line.append(escape(c));
            }
        });
        return line.toString();
    }

    private static String escape(int codePoint) {
        return switch (codePoint) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> "\\u{" + Integer.toHexString(codePoint) + "}";
        };
    }

    /**
     * A JSON document as the same document in one line of plain characters: others are escaped as JSON escapes them.
     *
     * @param json a JSON document
     * @return a document of the same meaning
     */
    public static String json(String json) {
        if (isPlain(json)) {
            return json;
        }
        StringBuilder line = new StringBuilder();
        json.codePoints().forEach(c -> {
            if (isPlain(c)) {
                line.appendCodePoint(c);
            } else if (c < FIRST_PRINTABLE) {
                // Within strings these are escaped already, so it is white space between two tokens.
                line.append(' ');
            } else {
                for (char half : Character.toChars(c)) {
                    line.append(String.format("\\u%04x", (int) half));
                }
            }
        });
        return line.toString();
    }
}
