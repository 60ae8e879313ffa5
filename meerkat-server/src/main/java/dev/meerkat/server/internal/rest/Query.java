package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.http.HttpErrors;
import java.util.Optional;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** What stands after the question mark. */
record Query(Fields fields) {
    static final String OFFSET = "offset";
    static final String LIMIT = "limit";

    /** With those parameters that a route reads, each once at most. */
    static Query of(RestExchange exchange, String... known) {
        return new Query(exchange.query(known));
    }

    /** A count, if it is there. */
    Optional<Long> number(String name) {
        return number(name, fields.getValue(name));
    }

    /** A count as it was written, if it is there. */
    static Optional<Long> number(String name, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw HttpErrors.wrongQuery(name + ": must be a whole number, at least 0");
    }
}
