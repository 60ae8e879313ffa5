package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.server.internal.wire.DeadLetterWriter;
import dev.meerkat.wire.internal.WireJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pages of dead letters: of this server only. A page has as many rows as were asked for, but not many more than {@link
 * PageSize#CHARS} characters; {@code has_more} then tells that there are more.
 */
final class DeadLetterPages {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_OFFSET = 1_000_000;

    private final Meerkat meerkat;
    private final Sessions sessions;
    private final DeadLetterWriter writer;

    DeadLetterPages(Meerkat meerkat, Sessions sessions, DeadLetterWriter writer) {
        this.meerkat = meerkat;
        this.sessions = sessions;
        this.writer = writer;
    }

    /** Reads some dead letters. */
    @FunctionalInterface
    private interface Pages {
        DeadLetterPage read(int offset, int limit) throws InterruptedException;
    }

    /** Of a session. */
    ObjectNode of(String locator, Optional<Long> offset, Optional<Long> limit) throws InterruptedException {
        Session session = sessions.open(locator);
        return written(of(session, offset(offset), limit(limit)));
    }

    /** Of all. The Meerkat may hold other realms too, so those of this realm are counted from the first one. */
    ObjectNode ofAll(Optional<Long> offset, Optional<Long> limit) throws InterruptedException {
        return written(all(offset(offset), limit(limit)));
    }

    private ObjectNode written(DeadLetterPage page) {
        ObjectNode answer = WireJson.object();
        page.deadLetters().stream().map(writer::row).forEach(answer.putArray("dead_letters")::add);
        return answer.put("has_more", page.hasMore());
    }

    /** Those of a session. */
    DeadLetterPage of(Session session, int offset, int limit) throws InterruptedException {
        return page(session::deadLetters, offset, 0, limit);
    }

    /** Those of all sessions of this realm. */
    DeadLetterPage all(int offset, int limit) throws InterruptedException {
        return page(meerkat::deadLetters, 0, offset, limit);
    }

    private DeadLetterPage page(Pages pages, int from, int pass, int limit) throws InterruptedException {
        List<DeadLetter> letters = new ArrayList<>();
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
                if (letters.size() == limit || chars >= PageSize.CHARS) {
                    return new DeadLetterPage(letters, true);
                }
                chars += letter.toJson().text().length();
                letters.add(letter);
            }
            read.came(chars - before);
            at += page.deadLetters().size();
            more = page.hasMore() && !page.deadLetters().isEmpty();
        }
        return new DeadLetterPage(letters, false);
    }

    private static int offset(Optional<Long> given) {
        return number("offset", given.orElse(0L), 0, MAX_OFFSET);
    }

    private static int limit(Optional<Long> given) {
        return number("limit", given.orElse((long) DEFAULT_LIMIT), 1, Limits.PAGE_ROWS);
    }

    private static int number(String field, long value, int least, int most) {
        if (value < least || value > most) {
            throw new InvalidFieldException(field, Long.toString(value), "must be between " + least + " and " + most);
        }
        return (int) value;
    }
}
