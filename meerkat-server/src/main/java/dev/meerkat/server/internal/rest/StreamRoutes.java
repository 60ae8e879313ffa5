package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.Calls;
import dev.meerkat.server.internal.calls.Tap;
import dev.meerkat.server.internal.http.Refusals;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Streams of events, and the log that they are read from. */
final class StreamRoutes {
    private static final String LATEST = "events/latest_cursor";

    private final RestSite site;
    private final Semaphore places;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    StreamRoutes(RestSite site) {
        this.site = site;
        this.places = new Semaphore(site.shared().limits().streams());
    }

    /** {@code GET /sessions/{id}/events}. */
    void events(Exchange exchange) {
        OptionalLong after = after(exchange);
        if (!places.tryAcquire()) {
            throw Refusals.busy("as many streams are open as this server's limit allows (streams)");
        }
        Opening opening = new Opening(exchange, after);
        try {
            opening.cursor();
        } catch (RuntimeException e) {
            opening.failed(e);
        }
    }

    private static OptionalLong after(Exchange exchange) {
        String header = exchange.header("Last-Event-ID");
        String text = header == null || header.isBlank() ? exchange.query().getValue("after") : header;
        return Query.number("after", text);
    }

    /** Ends all streams properly. */
    void close() {
        closing = true;
        open.forEach(stream -> stream.end(Frames.done()));
    }

    /** How many are open. */
    int size() {
        return open.size();
    }

    /** A stream that is being opened. */
    private final class Opening {
        private final Exchange exchange;
        private final String session;
        private final EventStream stream;
        private OptionalLong after;

        Opening(Exchange exchange, OptionalLong after) {
            this.exchange = exchange;
            this.session = exchange.path(0);
            this.after = after;
            this.stream = new EventStream(site.bounds(), site.rounds(), this::left);
        }

        private void left() {
            open.remove(stream);
            places.release();
        }

        /** Finds out where the log ends, so that a reader that loses its connection at once can go on from there. */
        void cursor() {
            Calls calls = site.shared().calls();
            if (after.isPresent() || !calls.methods().contains(LATEST)) {
                history();
                return;
            }
            exchange.call(LATEST, Params.scope(session), this::cursor, this::failed);
        }

        private void cursor(ObjectNode latest) {
            after = OptionalLong.of(latest.path("cursor").path("sequence").asLong());
            history();
        }

        /** Of an archived session, too, the history tells how long it is. */
        private void history() {
            ObjectNode params = Params.session(session);
            params.put("limit", 1);
            exchange.call(
                    "session/history",
                    params,
                    history -> site.shared().workers().execute(() -> watch(history)),
                    this::failed);
        }

        private void watch(ObjectNode history) {
            try {
                Tap tap = site.shared().calls().watch(session, after.orElse(Calls.LIVE), stream);
                begin(tap, history);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failed(Refusals.busy("the server is closing"));
            } catch (RuntimeException e) {
                failed(e);
            }
        }

        private void begin(Tap tap, ObjectNode history) {
            EventStream.@Nullable Wire wire = exchange.stream();
            if (wire == null) {
                tap.close();
                stream.leave();
                return;
            }
            open.add(stream);
            byte[] first = Frames.loaded(
                    history.path("session_id").asText(),
                    history.path("message_count").asLong(),
                    after);
            stream.open(wire, tap, first);
            if (closing) {
                stream.end(Frames.done());
            }
        }

        void failed(Throwable problem) {
            stream.leave();
            exchange.fail(problem);
        }
    }

    /** {@code GET /sessions/{id}/events/log}. */
    void log(Exchange exchange) {
        String session = exchange.path(0);
        ObjectNode params = Params.scope(session);
        Query.number("after", exchange.query().getValue("after")).ifPresent(after -> {
            ObjectNode cursor = params.putObject("cursor");
            cursor.set("scope", params.get("scope").deepCopy());
            cursor.put("sequence", after);
        });
        Query.number("limit", exchange.query().getValue("limit")).ifPresent(limit -> params.put("limit", limit));
        exchange.call("events/list_since", params);
    }
}
