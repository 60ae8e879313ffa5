package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.methods.Operations.Work;
import dev.meerkat.server.internal.wire.ScheduleReader;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What sessions are to get later, as REST, JSON-RPC and MCP ask for it: the same fields and the same answers. Thread-safe. */
public final class ScheduleCalls {
    private static final String SESSION = "session_id";
    private static final String ID = "schedule_id";

    private final Operations operations;

    /** On the sessions of one Meerkat. */
    public ScheduleCalls(Operations operations) {
        this.operations = operations;
    }

    /** Makes a schedule of the session that a parameter names. */
    public Work<ObjectNode> later(Params params) {
        Set<String> known = new HashSet<>(ScheduleReader.FIELDS);
        known.add(SESSION);
        return later(params.only(known).text(SESSION), params);
    }

    /** Makes a schedule of a session, by the fields of {@link ScheduleReader}. */
    public Work<ObjectNode> later(String locator, Params params) {
        ScheduleSpec spec = ScheduleReader.spec(params);
        return () -> {
            Session session = operations.session(locator);
            ObjectNode answer = of(session.id());
            answer.set("schedule", WireJson.tree(session.schedule(spec).toJson()));
            return answer;
        };
    }

    /** Lists the schedules of a session. */
    public Work<ObjectNode> list(String locator) {
        return () -> {
            Session session = operations.session(locator);
            List<Schedule> schedules = session.schedules();
            ObjectNode answer = of(session.id());
            ArrayNode listed = answer.putArray("schedules");
            schedules.forEach(schedule -> listed.add(WireJson.tree(schedule.toJson())));
            return answer;
        };
    }

    /** Lists the schedules of the session that a parameter names. */
    public Work<ObjectNode> list(Params params) {
        return list(params.only(Set.of(SESSION)).text(SESSION));
    }

    /** Takes a schedule back. */
    public Work<ObjectNode> cancel(String locator, String schedule) {
        ScheduleId id = ScheduleId.of(schedule);
        return () -> {
            Session session = operations.session(locator);
            return of(session.id()).put(ID, id.toString()).put("cancelled", session.cancel(id));
        };
    }

    /** Takes the schedule back that the parameters name. */
    public Work<ObjectNode> cancel(Params params) {
        return cancel(params.only(Set.of(SESSION, ID)).text(SESSION), params.text(ID));
    }

    private static ObjectNode of(SessionId session) {
        return WireJson.object().put(SESSION, session.toString());
    }
}
