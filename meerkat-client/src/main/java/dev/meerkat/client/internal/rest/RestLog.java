package dev.meerkat.client.internal.rest;

import dev.meerkat.api.SessionId;
import dev.meerkat.client.internal.calls.EventLog;
import dev.meerkat.client.internal.wire.Answers;
import dev.meerkat.client.internal.wire.LogPage;

/** The durable log of a server that serves it over REST. Thread-safe. */
final class RestLog implements EventLog {
    private final Asks asks;
    private final RestHttp http;

    RestLog(Asks asks, RestHttp http) {
        this.asks = asks;
        this.http = http;
    }

    /** There is no route for it alone: each page tells it. */
    @Override
    public long latest(SessionId session) throws InterruptedException {
        return http.call(page(session, 0, 1), session, Answers::logEnd);
    }

    @Override
    public LogPage since(SessionId session, long after, int limit) throws InterruptedException {
        return http.call(page(session, after, limit), session, Answers::logPage);
    }

    private HttpAsk page(SessionId session, long after, int limit) {
        return asks.get(
                "read events",
                asks.route("sessions", session.toString(), "events", "log")
                        .addQueryParameter("after", Long.toString(after))
                        .addQueryParameter("limit", Integer.toString(limit)));
    }
}
