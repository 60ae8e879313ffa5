package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Json;

/** JSON in lines of two more spaces a level, as models get to read it. */
final class PrettyJson {
    /** Deeply nested lists grow by the square of their depth; those stay in one line. */
    private static final int GROWTH = 4;

    private static final int SMALL = 1_024;

    private final String compact;
    private final StringBuilder out = new StringBuilder();
    private int depth;

    private PrettyJson(String compact) {
        this.compact = compact;
    }

    static String of(Json json) {
        return new PrettyJson(json.text()).format();
    }

    /** A tree that holds no value of the API. */
    static String of(ObjectNode tree) {
        return new PrettyJson(tree.toString()).format();
    }

    private String format() {
        int bound = SMALL + GROWTH * compact.length();
        int i = 0;
        while (i < compact.length()) {
            char c = compact.charAt(i);
            if (c == '"') {
                int end = endOfText(i);
                out.append(compact, i, end);
                i = end;
            } else {
                i += symbol(c, i);
            }
            if (out.length() > bound) {
                return compact;
            }
        }
        return out.toString();
    }

    /** Returns how many characters it took. */
    private int symbol(char c, int at) {
        switch (c) {
            case '{', '[' -> {
                char next = compact.charAt(at + 1);
                if (next == '}' || next == ']') {
                    out.append(c).append(next);
                    return 2;
                }
                depth++;
                out.append(c);
                line();
            }
            case '}', ']' -> {
                depth--;
                line();
                out.append(c);
            }
            case ',' -> {
                out.append(c);
                line();
            }
            case ':' -> out.append(": ");
            default -> out.append(c);
        }
        return 1;
    }

    private void line() {
        out.append('\n').append("  ".repeat(depth));
    }

    private int endOfText(int begin) {
        int i = begin + 1;
        while (compact.charAt(i) != '"') {
            i += compact.charAt(i) == '\\' ? 2 : 1;
        }
        return i + 1;
    }
}
