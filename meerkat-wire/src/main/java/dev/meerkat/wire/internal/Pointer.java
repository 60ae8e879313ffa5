package dev.meerkat.wire.internal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.meerkat.api.InvalidFieldException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A JSON pointer (RFC 6901): the way from the root to a part. */
record Pointer(List<String> steps) {

    static Pointer parse(String text) {
        if (text.isEmpty()) {
            return new Pointer(List.of());
        }
        if (text.charAt(0) != '/') {
            throw new InvalidFieldException("pointer", text, "must be empty or begin with a slash");
        }
        List<String> steps = new ArrayList<>();
        int start = 1;
        while (start <= text.length()) {
            int end = text.indexOf('/', start);
            end = end < 0 ? text.length() : end;
            steps.add(unescape(text, start, end));
            start = end + 1;
        }
        return new Pointer(List.copyOf(steps));
    }

    private static String unescape(String text, int start, int end) {
        StringBuilder step = new StringBuilder();
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '~') {
                i++;
                char escaped = i < end ? text.charAt(i) : 0;
                if (escaped != '0' && escaped != '1') {
                    throw new InvalidFieldException("pointer", text, "has a tilde that is not ~0 or ~1");
                }
                step.append(escaped == '0' ? '~' : '/');
            } else {
                step.append(c);
            }
        }
        return step.toString();
    }

    /** Moves a parser from the first token of a value to the first token of the part; false if there is none. */
    boolean find(JsonParser parser) throws IOException {
        for (String step : steps) {
            boolean found = switch (parser.currentToken()) {
                case START_OBJECT -> field(parser, step);
                case START_ARRAY -> element(parser, step);
                default -> false;
            };
            if (!found) {
                return false;
            }
        }
        return true;
    }

    private static boolean field(JsonParser parser, String name) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean found = parser.currentName().equals(name);
            parser.nextToken();
            if (found) {
                return true;
            }
            parser.skipChildren();
        }
        return false;
    }

    private static boolean element(JsonParser parser, String step) throws IOException {
        int index = index(step);
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            if (i == index) {
                return true;
            }
            parser.skipChildren();
        }
        return false;
    }

    /** The index that a step names, or -1: a name, {@code -}, or digits that RFC 6901 forbids such as 01. */
    private static int index(String step) {
        boolean digits = !step.isEmpty() && step.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || step.length() > 9 || (step.length() > 1 && step.charAt(0) == '0')) {
            return -1;
        }
        return Integer.parseInt(step);
    }
}
