package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.client.internal.calls.EventLog;
import dev.meerkat.client.internal.wire.Answers;
import dev.meerkat.client.internal.wire.LogPage;

/** The durable log of a server. Thread-safe. */
final class RpcLog implements EventLog {
    static final String LATEST = "events/latest_cursor";
    static final String SINCE = "events/list_since";

    private final Asker asker;

    RpcLog(Asker asker) {
        this.asker = asker;
    }

    @Override
    public long latest(SessionId session) throws InterruptedException {
        ObjectNode params = JsonNodeFactory.instance.objectNode();
        params.set("scope", scope(session));
        return asker.ask(RpcAsk.reading(LATEST, params), Answers::latest, RpcCalls.failed(session));
    }

    @Override
    public LogPage since(SessionId session, long after, int limit) throws InterruptedException {
        ObjectNode params = JsonNodeFactory.instance.objectNode();
        params.set("scope", scope(session));
        params.putObject("cursor").put("sequence", after).set("scope", scope(session));
        params.put("limit", limit);
        return asker.ask(RpcAsk.reading(SINCE, params), Answers::logPage, RpcCalls.failed(session));
    }

    private static ObjectNode scope(SessionId session) {
        return JsonNodeFactory.instance.objectNode().put("type", "session").put("session_id", session.toString());
    }
}
