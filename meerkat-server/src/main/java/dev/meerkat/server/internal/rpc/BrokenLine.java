package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the id of a message that cannot be read as JSON: who sent it waits for an answer with that id. Looks at strings
 * and brackets only, so that it matters little what is broken, and where.
 */
final class BrokenLine {
    private final byte[] bytes;
    private final int end;
    private int at;
    private int depth;
    private byte last;
    private @Nullable JsonNode found;
    private boolean several;

    private BrokenLine(LineReader.Line line) {
        this.bytes = line.bytes();
        this.at = line.offset();
        this.end = line.offset() + line.length();
    }

    /** The id, or null of JSON if there is none, or if there are several. */
    static JsonNode id(LineReader.Line line) {
        return new BrokenLine(line).find();
    }

    private JsonNode find() {
        while (at < end) {
            byte here = bytes[at];
            if (here == '"') {
                text();
            } else {
                step(here);
                at++;
            }
        }
        return found == null || several ? NullNode.getInstance() : found;
    }

    private void step(byte here) {
        if (here == '{' || here == '[') {
            depth++;
        } else if (here == '}' || here == ']') {
            depth--;
        }
        if (!blank(here)) {
            last = here;
        }
    }

    private void text() {
        int start = at;
        boolean field = depth == 1 && (last == '{' || last == ',');
        last = '"';
        at = textEnd(start);
        if (field && at - start == 4 && bytes[start + 1] == 'i' && bytes[start + 2] == 'd') {
            skipBlanks();
            if (at < end && bytes[at] == ':') {
                at++;
                skipBlanks();
                value();
            }
        }
    }

    private void value() {
        int start = at;
        if (at < end && bytes[at] == '"') {
            at = textEnd(at);
        } else {
            while (at < end && (bytes[at] == '-' || (bytes[at] >= '0' && bytes[at] <= '9'))) {
                at++;
            }
        }
        last = ':';
        int valueEnd = at;
        skipBlanks();
        // What nothing follows may be cut off in its middle.
        if (valueEnd > start && at < end && (bytes[at] == ',' || bytes[at] == '}')) {
            take(start, valueEnd);
        }
    }

    private void take(int start, int valueEnd) {
        try {
            JsonNode id = MessageReader.id(WireJson.read(bytes, start, valueEnd - start));
            several |= found != null && !found.equals(id);
            found = id;
        } catch (IOException e) {
            several = true;
        }
    }

    /** Behind the string that begins there, or the end. */
    private int textEnd(int start) {
        int i = start + 1;
        while (i < end && bytes[i] != '"') {
            i += bytes[i] == '\\' ? 2 : 1;
        }
        return Math.min(i + 1, end);
    }

    private void skipBlanks() {
        while (at < end && blank(bytes[at])) {
            at++;
        }
    }

    static boolean blank(byte here) {
        return here == ' ' || here == '\t' || here == '\r';
    }
}
