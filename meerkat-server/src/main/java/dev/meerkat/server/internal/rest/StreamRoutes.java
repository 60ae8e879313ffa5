package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.http.HttpErrors;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.wire.internal.form.ApiCall;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Streams of events, and the log that they are read from. */
final class StreamRoutes {
    private static final String LATEST = "events/latest_cursor";
    private static final String AFTER = "after";

    private final RestContext site;
    private final Semaphore places;
    private final Set<SseStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    StreamRoutes(RestContext site) {
        this.site = site;
        this.places = new Semaphore(site.shared().limits().streams());
    }

    /** {@code GET /sessions/{id}/events}. */
    void events(RestExchange exchange) {
        Optional<Long> after = after(exchange);
        if (!places.tryAcquire()) {
            throw HttpErrors.busy("as many streams are open as this server's limit allows (streams)");
        }
        Opening opening = new Opening(exchange, after);
        try {
            // It may read a part of the log, so few do that at once; and never waits for those who read histories.
            site.shared().workers().executeEvents(opening::watch);
        } catch (RuntimeException | Error e) {
            opening.failed(e);
        }
    }

    private static Optional<Long> after(RestExchange exchange) {
        String header = exchange.header("Last-Event-ID");
        String text = exchange.query(AFTER, ApiCall.EVENTS).getValue(AFTER);
        return header == null || header.isBlank() ? Query.number(AFTER, text) : Query.number("Last-Event-ID", header);
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
        private final RestExchange exchange;
        private final String session;
        private final SseStream stream;
        private final Optional<Long> after;
        private final boolean whole;

        Opening(RestExchange exchange, Optional<Long> after) {
            this.exchange = exchange;
            this.session = exchange.path(0);
            this.after = after;
            this.whole = exchange.query(AFTER, ApiCall.EVENTS).getValue(ApiCall.EVENTS) != null;
            this.stream =
                    new SseStream(site.bounds(), site.ticker(), site.shared().memory(), this::left);
        }

        private void left() {
            open.remove(stream);
            places.release();
        }

        /** Where the log can be read again, the first frame says where it ends: a reader that is cut off at once goes on there. */
        void watch() {
            Calls calls = site.shared().calls();
            boolean replays = calls.methods().contains(LATEST);
            try {
                long from = after.orElse(replays ? Calls.END : Calls.LIVE);
                begin(calls.watch(session, from, whole, stream), replays);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failed(HttpErrors.busy("the server is closing"));
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }

        private void begin(EventSubscription subscription, boolean replays) {
            SseStream.@Nullable Wire wire = exchange.stream();
            if (wire == null) {
                subscription.close();
                stream.leave();
                return;
            }
            open.add(stream);
            OptionalLong asked = after.map(OptionalLong::of).orElseGet(OptionalLong::empty);
            byte[] first = Frames.loaded(
                    subscription.session().toString(), subscription.messages(), replays ? subscription.begin() : asked);
            stream.open(wire, subscription, first);
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
    void log(RestExchange exchange) {
        Query query = Query.of(exchange, AFTER, Query.LIMIT);
        long after = query.number(AFTER).orElse(0L);
        Optional<Long> limit = query.number(Query.LIMIT);
        exchange.page(() -> exchange.pages().events(exchange.path(0), after, limit));
    }
}
