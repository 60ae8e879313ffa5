package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.Session;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.ContractLine;
import dev.meerkat.server.internal.wire.HistoryWriter;
import dev.meerkat.server.internal.wire.Params;

/**
 * The method {@code session/history}. An answer has as many rows as were asked for, but not many more than {@value #CHARS}
 * characters; {@code has_more} then tells that there are more.
 */
final class HistoryMethod {
    private static final long DEFAULT_LIMIT = 100;

    /** Of the rows of one answer, so that a message can hold them. */
    private static final long CHARS = 16L << 20;

    /** How many are read at once: rows may be large, and what is too much for an answer was read before that is known. */
    private static final int READ_ROWS = 64;

    private final ContractLine line;

    HistoryMethod(ContractLine line) {
        this.line = line;
    }

    /** Answers. */
    ObjectNode history(ObjectNode params, Session session) throws InterruptedException {
        boolean old = line == ContractLine.V0_6;
        Params given = Params.of(params);
        long offset = given.optionalCount("offset").orElse(0L);
        long limit = given.optionalCount("limit").orElse(old ? Long.MAX_VALUE : DEFAULT_LIMIT);
        HistoryWriter writer = new HistoryWriter(line, session.id());
        ArrayNode rows = WireJson.object().putArray("messages");
        long chars = 0;
        long count;
        do {
            long begin = offset + rows.size();
            int size = (int) Math.max(1, Math.min(limit - rows.size(), READ_ROWS));
            HistoryPage page = session.history(begin < 0 ? Long.MAX_VALUE : begin, size);
            count = page.messageCount();
            for (TranscriptEntry entry : page.entries()) {
                if (rows.size() < limit && chars < CHARS) {
                    ObjectNode row = writer.row(entry);
                    chars += row.toString().length();
                    rows.add(row);
                }
            }
            if (page.entries().isEmpty()) {
                break;
            }
        } while (rows.size() < limit && chars < CHARS && offset + rows.size() < count);
        ObjectNode answer = WireJson.object();
        answer.put("session_id", session.id().toString());
        answer.put("session_ref", session.snapshot().realm() + ":" + session.id());
        answer.put("message_count", count);
        answer.put("offset", Math.min(offset, count));
        if (!old || given.has("limit")) {
            answer.put("limit", limit);
        }
        answer.put("has_more", offset < count - rows.size());
        answer.set("messages", rows);
        return answer;
    }
}
