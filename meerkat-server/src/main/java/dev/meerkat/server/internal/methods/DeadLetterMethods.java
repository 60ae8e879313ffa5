package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.wire.DeadLetterWriter;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.util.Map;
import java.util.Set;

/**
 * Dead letters: methods of this server only. A page has as many rows as were asked for, but not many more than {@link
 * PageSize#CHARS} characters; {@code has_more} then tells that there are more.
 */
final class DeadLetterMethods {
    private static final String SESSION = "session_id";
    private static final String INPUT = "input_id";
    private static final String OFFSET = "offset";
    private static final String LIMIT = "limit";
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_OFFSET = 1_000_000;

    private final Meerkat meerkat;
    private final Sessions sessions;
    private final DeadLetterWriter writer;

    DeadLetterMethods(Meerkat meerkat, Sessions sessions, DeadLetterWriter writer) {
        this.meerkat = meerkat;
        this.sessions = sessions;
        this.writer = writer;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("dead_letters/list", Method.direct(this::listAll));
        methods.put("session/dead_letters", Method.direct(this::list));
        methods.put("session/redrive", Method.direct(this::redrive));
        methods.put("session/discard", Method.direct(this::discard));
        methods.put("session/unpark", Method.direct(this::unpark));
    }

    /** Reads some dead letters. */
    @FunctionalInterface
    private interface Pages {
        DeadLetterPage read(int offset, int limit) throws InterruptedException;
    }

    private ObjectNode list(Params params, Caller caller) throws InterruptedException {
        params.only(Set.of(SESSION, OFFSET, LIMIT));
        Session session = sessions.open(params.text(SESSION));
        int offset = offset(params);
        return page(session::deadLetters, offset, 0, limit(params));
    }

    /** The Meerkat may hold other realms too, so those of this realm are counted from the first one. */
    private ObjectNode listAll(Params params, Caller caller) throws InterruptedException {
        params.only(Set.of(OFFSET, LIMIT));
        return page(meerkat::deadLetters, 0, offset(params), limit(params));
    }

    private ObjectNode page(Pages pages, int from, int pass, int limit) throws InterruptedException {
        ObjectNode answer = WireJson.object();
        ArrayNode rows = answer.putArray("dead_letters");
        int at = from;
        int passed = 0;
        long chars = 0;
        boolean more = true;
        PageSize read = new PageSize();
        while (more) {
            DeadLetterPage page = pages.read(at, read.rows());
            long before = chars;
            for (DeadLetter letter : page.deadLetters()) {
                if (!sessions.isServed(letter.sessionId()) || passed++ < pass) {
                    continue;
                }
                if (rows.size() == limit || chars >= PageSize.CHARS) {
                    return answer.put("has_more", true);
                }
                ObjectNode row = writer.row(letter);
                chars += row.toString().length();
                rows.add(row);
            }
            read.came(chars - before);
            at += page.deadLetters().size();
            more = page.hasMore() && !page.deadLetters().isEmpty();
        }
        return answer.put("has_more", false);
    }

    private static int offset(Params params) {
        return number(params, OFFSET, 0, 0, MAX_OFFSET);
    }

    private static int limit(Params params) {
        return number(params, LIMIT, DEFAULT_LIMIT, 1, Limits.PAGE_ROWS);
    }

    private static int number(Params params, String field, int absent, int least, int most) {
        long value = params.optionalCount(field).orElse((long) absent);
        if (value < least || value > most) {
            throw new InvalidFieldException(field, Long.toString(value), "must be between " + least + " and " + most);
        }
        return (int) value;
    }

    private ObjectNode redrive(Params params, Caller caller) throws InterruptedException {
        InputId input = input(params);
        Session session = sessions.open(params.text(SESSION));
        session.redrive(input);
        return done(session, input).put("redriven", true);
    }

    private ObjectNode discard(Params params, Caller caller) throws InterruptedException {
        InputId input = input(params);
        Session session = sessions.open(params.text(SESSION));
        session.discard(input);
        return done(session, input).put("discarded", true);
    }

    private ObjectNode unpark(Params params, Caller caller) throws InterruptedException {
        Session session = sessions.open(params.only(Set.of(SESSION)).text(SESSION));
        return WireJson.object().put(SESSION, session.id().toString()).put("unparked", session.unpark());
    }

    private static InputId input(Params params) {
        return InputId.of(params.only(Set.of(SESSION, INPUT)).text(INPUT));
    }

    private static ObjectNode done(Session session, InputId input) {
        return WireJson.object().put(SESSION, session.id().toString()).put(INPUT, input.toString());
    }
}
