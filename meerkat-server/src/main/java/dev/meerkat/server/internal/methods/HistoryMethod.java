package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.Session;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.server.internal.wire.HistoryWriter;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.util.Optional;

/**
 * The method {@code session/history}. An answer has as many rows as were asked for, but not many more
 * characters than {@link PageSize#CHARS}; {@code has_more} then tells that there are more.
 */
final class HistoryMethod {
    private static final long DEFAULT_LIMIT = 100;

    private final ContractLine line;

    HistoryMethod(ContractLine line) {
        this.line = line;
    }

    /**
     * A page.
     *
     * @param asked how many rows
     * @param tellsLimit whether the answer says how many
     */
    ObjectNode history(Session session, Optional<Long> from, Optional<Long> asked, boolean tellsLimit)
            throws InterruptedException {
        long offset = from.orElse(0L);
        long limit = asked.orElse(line.boundsHistory() ? DEFAULT_LIMIT : Long.MAX_VALUE);
        HistoryWriter writer = new HistoryWriter(line, session.id());
        ArrayNode rows = WireJson.object().putArray("messages");
        long chars = 0;
        long count;
        PageSize read = new PageSize();
        do {
            long before = chars;
            long begin = offset + rows.size();
            int size = (int) Math.max(1, Math.min(limit - rows.size(), read.rows()));
            HistoryPage page = session.history(begin < 0 ? Long.MAX_VALUE : begin, size);
            count = page.messageCount();
            for (TranscriptEntry entry : page.entries()) {
                if (rows.size() < limit && chars < PageSize.CHARS) {
                    ObjectNode row = writer.row(entry);
                    chars += row.toString().length();
                    rows.add(row);
                }
            }
            if (page.entries().isEmpty()) {
                break;
            }
            read.came(chars - before);
        } while (rows.size() < limit && chars < PageSize.CHARS && offset + rows.size() < count);
        ObjectNode answer = WireJson.object();
        answer.put("session_id", session.id().toString());
        answer.put("session_ref", session.snapshot().realm() + ":" + session.id());
        answer.put("message_count", count);
        answer.put("offset", Math.min(offset, count));
        if (tellsLimit) {
            answer.put("limit", limit);
        }
        answer.put("has_more", offset < count - rows.size());
        answer.set("messages", rows);
        return answer;
    }
}
