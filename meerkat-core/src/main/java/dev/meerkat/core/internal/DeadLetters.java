package dev.meerkat.core.internal;

import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Limits;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.internal.runtime.Kernel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads dead letters. */
final class DeadLetters {
    private DeadLetters() {}

    /** A page of one session's, or of all. */
    static DeadLetterPage page(Kernel kernel, @Nullable SessionId session, int offset, int limit) {
        if (offset < 0) {
            throw new InvalidFieldException("offset", Integer.toString(offset), "must not be negative");
        }
        if (limit < 1 || limit > Limits.PAGE_ROWS) {
            throw new InvalidFieldException(
                    "limit", Integer.toString(limit), "must be between 1 and " + Limits.PAGE_ROWS);
        }
        List<DeadLetter> page = kernel.store.deadLetters(session, offset, limit + 1);
        return new DeadLetterPage(page.subList(0, Math.min(limit, page.size())), page.size() > limit);
    }
}
