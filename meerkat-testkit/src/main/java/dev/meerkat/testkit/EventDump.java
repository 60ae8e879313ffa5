package dev.meerkat.testkit;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.Limits;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.core.store.SessionStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Writes down the event logs of sessions, for failure reports and for comparing two runs. */
final class EventDump {
    private EventDump() {}

    /** The logs of the given sessions and of all live ones. */
    static String of(SessionStore store, List<SessionId> more) {
        Set<SessionId> sessions = new LinkedHashSet<>(more);
        sessions.addAll(store.list(SessionQuery.all().page(0, Limits.PAGE_ROWS)));
        StringBuilder text = new StringBuilder();
        for (SessionId id : sessions) {
            store.load(id).ifPresent(session -> {
                text.append("session ")
                        .append(session.spec().commsName().orElse("without name"))
                        .append(" ")
                        .append(id)
                        .append(session.standing().archived() ? ", archived" : "")
                        .append('\n');
                events(store, id)
                        .forEach(event -> text.append("  ").append(line(event)).append('\n'));
            });
        }
        return text.toString();
    }

    /** The whole log of a session. */
    static List<SessionEvent> events(SessionStore store, SessionId id) {
        List<SessionEvent> all = new ArrayList<>();
        Cursor after = Cursor.START;
        List<SessionEvent> page = store.events(id, after, Limits.PAGE_ROWS);
        while (!page.isEmpty()) {
            all.addAll(page);
            after = page.get(page.size() - 1).cursor();
            page = store.events(id, after, Limits.PAGE_ROWS);
        }
        return all;
    }

    private static String line(SessionEvent event) {
        if (event instanceof SessionEvent.InputAdmitted admitted) {
            return admitted.cursor() + " InputAdmitted " + admitted.input().id() + " "
                    + admitted.input().at() + " " + InputPattern.describe(List.of(admitted.input()));
        }
        return event.cursor() + " " + event;
    }
}
