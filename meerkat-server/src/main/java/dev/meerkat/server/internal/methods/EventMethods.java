package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.wire.EventWriter;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.server.internal.wire.Inputs;
import dev.meerkat.server.internal.wire.Sequences;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.VersionForm;
import dev.meerkat.wire.internal.WireJson;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The methods that read a session's log: {@code events/latest_cursor}, {@code list_since}, {@code snapshot}. */
final class EventMethods {
    private static final long DEFAULT_LIMIT = 100;
    private static final long MAX_LIMIT = 1_000;
    /** Runs end with an event that the wire tells, so it is seldom far. */
    private static final long FIRST_LOOK_BACK = 8;

    private final ContractLine line;
    private final InstantSource clock;
    private final Inputs inputs;
    private final SessionRead read;

    /** What {@code session/read} answers. */
    @FunctionalInterface
    interface SessionRead {
        /** The answer for a session. */
        ObjectNode of(Session session) throws InterruptedException;
    }

    EventMethods(ContractLine line, InstantSource clock, Inputs inputs, SessionRead read) {
        this.line = line;
        this.clock = clock;
        this.inputs = inputs;
        this.read = read;
    }

    /** {@code events/latest_cursor}. */
    ObjectNode latestCursor(ObjectNode params, Session session) throws InterruptedException {
        ObjectNode answer = versioned();
        answer.set("cursor", cursor(session.id(), latest(session)));
        return answer;
    }

    /** {@code events/snapshot}. */
    ObjectNode snapshot(ObjectNode params, Session session) throws InterruptedException {
        ObjectNode answer = versioned();
        answer.set("scope", scope(session.id()));
        answer.set("cursor", cursor(session.id(), latest(session)));
        ObjectNode row = read.of(session);
        row.remove("session_ref");
        answer.putObject("snapshot").put("type", "session").set("session", row);
        return answer;
    }

    /** {@code events/list_since}. */
    ObjectNode listSince(ObjectNode params, Session session) throws InterruptedException {
        return listSince(session, from(params, session.id()), Params.of(params).optionalCount("limit"));
    }

    /** Events after a sequence. */
    ObjectNode listSince(Session session, long from, Optional<Long> asked) throws InterruptedException {
        long limit = asked.orElse(DEFAULT_LIMIT);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw Faults.badRequest("limit " + limit + " is not between 1 and " + MAX_LIMIT);
        }
        long end = Sequences.after(end(session));
        if (from > end) {
            throw Faults.aheadOfLog(from, end);
        }
        long latest = latest(session);
        Page page = read(session, from, end, limit + 1, PageSize.CHARS);
        List<WireEvent> events = page.events();
        ObjectNode answer = versioned();
        answer.set("scope", scope(session.id()));
        answer.set("from_cursor", cursor(session.id(), from));
        answer.set("latest_cursor", cursor(session.id(), latest));
        if (!events.isEmpty()) {
            ArrayNode rows = answer.putArray("events");
            events.stream().limit(limit).forEach(event -> rows.add(row(session.id(), event)));
        }
        return answer.put("has_more", events.size() > limit || page.cut());
    }

    private static Cursor end(Session session) throws InterruptedException {
        return session.snapshot().lastCursor().orElseThrow(Faults::noLog);
    }

    /** The number of the newest event that the wire tells: readers wait for it, and the log goes on with others. */
    private long latest(Session session) throws InterruptedException {
        Cursor last = end(session);
        for (long back = FIRST_LOOK_BACK; ; back *= 8) {
            long from = Sequences.after(new Cursor(Math.max(0, last.sequence() - back)));
            List<WireEvent> newest = read(session, from, Sequences.after(last), Long.MAX_VALUE, Long.MAX_VALUE)
                    .events();
            if (!newest.isEmpty()) {
                return newest.get(newest.size() - 1).sequence();
            }
            if (from == 0) {
                return 0;
            }
        }
    }

    /** Events, and whether they are so large that there may be more. */
    private record Page(List<WireEvent> events, boolean cut) {}

    private Page read(Session session, long from, long end, long limit, long most) throws InterruptedException {
        List<WireEvent> found = new ArrayList<>();
        long chars = 0;
        Cursor after = Sequences.readAfter(from);
        EventWriter writer = EventWriter.after(after, line, session, inputs, clock);
        try (EventStream log = session.events(after)) {
            while (found.size() < limit && chars < most && Sequences.after(log.position()) < end) {
                Optional<SessionEvent> next = log.next(Duration.ZERO);
                if (next.isEmpty()) {
                    break;
                }
                if (!(next.get() instanceof SessionEvent.Live)) {
                    List<WireEvent> told = writer.write(next.get()).stream()
                            .filter(event -> event.logged() && event.sequence() > from)
                            .toList();
                    found.addAll(told);
                    chars += told.stream().mapToLong(EventMethods::size).sum();
                }
            }
            return new Page(found, chars >= most && Sequences.after(log.position()) < end);
        } catch (NotSupportedException e) {
            throw Faults.noLog();
        }
    }

    private static long size(WireEvent event) {
        return event.envelope().toString().length();
    }

    private static long from(ObjectNode params, SessionId session) {
        Optional<Params> cursor = Params.of(params).optionalObject("cursor");
        if (cursor.isEmpty()) {
            return 0;
        }
        Params scope = cursor.get().object("scope");
        if (!scope.text("type").equals("session") || !scope.text("session_id").equals(session.toString())) {
            throw Faults.badRequest("event replay cursor scope does not match requested scope");
        }
        return cursor.get()
                .optionalCount("sequence")
                .orElseThrow(() -> cursor.get().missing("sequence"));
    }

    private ObjectNode row(SessionId session, WireEvent event) {
        ObjectNode row = WireJson.object();
        row.set("event_id", cursor(session, event.sequence()));
        row.set("cursor", cursor(session, event.sequence()));
        row.set("timestamp_ms", event.envelope().path("timestamp_ms"));
        row.set("source", scope(session));
        row.put("session_id", session.toString());
        row.set("event", event.envelope().path("payload"));
        return row;
    }

    private ObjectNode versioned() {
        ObjectNode answer = WireJson.object();
        VersionForm.addObject(answer, line.version());
        return answer;
    }

    private static ObjectNode cursor(SessionId session, long sequence) {
        ObjectNode cursor = WireJson.object();
        cursor.set("scope", scope(session));
        return cursor.put("sequence", sequence);
    }

    private static ObjectNode scope(SessionId session) {
        return WireJson.object().put("type", "session").put("session_id", session.toString());
    }
}
