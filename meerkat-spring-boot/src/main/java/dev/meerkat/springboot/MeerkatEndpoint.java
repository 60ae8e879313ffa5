package dev.meerkat.springboot;

import dev.meerkat.api.HasJson;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.SessionQuery;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * The endpoint {@code /actuator/meerkat}: live sessions with their lanes, and below {@code dead-letters} what was given up.
 * Fields have the names of the JSON of the values. What agents and peers have said is left out. Thread-safe.
 */
@Endpoint(id = "meerkat")
public final class MeerkatEndpoint {
    private static final int DEFAULT_LIMIT = 100;

    private final Meerkat meerkat;

    MeerkatEndpoint(Meerkat meerkat) {
        this.meerkat = meerkat;
    }

    /** Reads a page. */
    private interface Page {
        Map<String, Object> read(int offset, int limit) throws InterruptedException;
    }

    /**
     * A page of live sessions, oldest first.
     *
     * @param offset how many to pass over; none if null
     * @param limit how many to tell of, up to 1,000; 100 if null
     * @return {@code sessions} and {@code has_more}
     * @throws InvalidEndpointRequestException if a number is out of range
     * @throws InterruptedException if interrupted while waiting
     */
    @ReadOperation
    public Map<String, Object> sessions(@Nullable Integer offset, @Nullable Integer limit) throws InterruptedException {
        return page(offset, limit, (from, most) -> {
            var page = meerkat.list(SessionQuery.all().page(from, most));
            return told(
                    "sessions",
                    page.sessions().stream().map(MeerkatEndpoint::session).toList(),
                    page.hasMore());
        });
    }

    /**
     * A page of another part.
     *
     * @param part {@code dead-letters}
     * @param offset how many to pass over; none if null
     * @param limit how many to tell of, up to 1,000; 100 if null
     * @return {@code dead_letters} and {@code has_more}; null if there is no such part
     * @throws InvalidEndpointRequestException if a number is out of range, or the sessions are on a server that does not tell
     * @throws InterruptedException if interrupted while waiting
     */
    @ReadOperation
    public @Nullable Map<String, Object> part(@Selector String part, @Nullable Integer offset, @Nullable Integer limit)
            throws InterruptedException {
        if (!part.equals("dead-letters")) {
            return null;
        }
        return page(offset, limit, (from, most) -> {
            var page = meerkat.deadLetters(from, most);
            return told(
                    "dead_letters",
                    page.deadLetters().stream().map(MeerkatEndpoint::deadLetter).toList(),
                    page.hasMore());
        });
    }

    private static Map<String, Object> page(@Nullable Integer offset, @Nullable Integer limit, Page page)
            throws InterruptedException {
        try {
            return page.read(offset == null ? 0 : offset, limit == null ? DEFAULT_LIMIT : limit);
        } catch (InvalidFieldException | NotSupportedException e) {
            String message = String.valueOf(e.getMessage());
            throw new InvalidEndpointRequestException(message, message, e);
        }
    }

    private static Map<String, Object> told(String name, List<?> rows, boolean hasMore) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put(name, rows);
        told.put("has_more", hasMore);
        return told;
    }

    private static Map<String, Object> session(HasJson snapshot) {
        Map<String, Object> row = fields(snapshot);
        row.remove("last_answer");
        return row;
    }

    private static Map<String, Object> deadLetter(HasJson letter) {
        Map<String, Object> row = fields(letter);
        if (row.get("input") instanceof Map<?, ?> input) {
            Map<Object, Object> outside = new LinkedHashMap<>(input);
            outside.remove("body");
            row.put("input", outside);
        }
        return row;
    }

    private static Map<String, Object> fields(HasJson value) {
        Map<String, Object> fields = new LinkedHashMap<>();
        Map<?, ?> read = value.toJson().as(Map.class);
        read.forEach((name, field) -> fields.put(String.valueOf(name), field));
        return fields;
    }
}
