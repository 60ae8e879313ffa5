package dev.meerkat.springboot;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;

/**
 * The events of sessions as server-sent events, for controllers of Spring MVC to return.
 *
 * <pre>{@code
 * @GetMapping("/sessions/{name}/events")
 * ResponseBodyEmitter events(
 *         @PathVariable String name, @RequestHeader(name = "Last-Event-ID", required = false) String last)
 *         throws InterruptedException {
 *     return streams.of(meerkat.open(name), last);
 * }
 * }</pre>
 *
 * <p>Each event has its position as id, its type as name, and its JSON form as data. A browser that loses the connection
 * goes on after the last event that it has. A stream ends when its session is archived, when the events cannot be had for now, and
 * when the application shuts down, before the web server waits for its requests. Each stream takes one thread, a virtual
 * one where turns run on those. Thread-safe.
 */
public final class SessionEventStreams {
    private static final Logger LOG = LoggerFactory.getLogger(SessionEventStreams.class);
    private static final MediaType TEXT = new MediaType("text", "plain", StandardCharsets.UTF_8);

    private final Executor executor;
    private final Duration heartbeat;
    private final int most;
    private final Semaphore places;
    private final Set<Watch> open = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    SessionEventStreams(Executor executor, int most, Duration heartbeat) {
        this.executor = executor;
        this.heartbeat = heartbeat;
        this.most = most;
        this.places = new Semaphore(most);
    }

    /**
     * The events of a session, for a client that may have some of them.
     *
     * @param session the session
     * @param lastEventId the header {@code Last-Event-ID} of the request; null for all events
     * @return what the controller returns
     * @throws ResponseStatusException 400 if the header is no position; otherwise as {@link #of(Session, Cursor)}
     * @throws InterruptedException if interrupted while waiting
     */
    public ResponseBodyEmitter of(Session session, @Nullable String lastEventId) throws InterruptedException {
        return of(session, lastEventId == null ? Cursor.START : position(lastEventId));
    }

    /**
     * The events of a session after a position.
     *
     * @param session the session
     * @param after where to begin
     * @return what the controller returns; an emitter that is not returned keeps its place for ever
     * @throws ResponseStatusException 503 if the application shuts down, or if as many streams are open as {@code
     *     meerkat.events.streams} says
     * @throws MeerkatException as {@link Session#events} does
     * @throws InterruptedException if interrupted while waiting
     */
    public ResponseBodyEmitter of(Session session, Cursor after) throws InterruptedException {
        if (ended) {
            throw unavailable("the application shuts down");
        }
        if (!places.tryAcquire()) {
            throw unavailable(most + " event streams are open, as many as meerkat.events.streams allows");
        }
        boolean opened = false;
        try {
            Watch watch = new Watch(session.events(after));
            opened = true;
            return watch.emitter;
        } finally {
            if (!opened) {
                places.release();
            }
        }
    }

    /** Ends all streams; later ones are refused. */
    void end() {
        ended = true;
        List.copyOf(open).forEach(Watch::end);
    }

    private static Cursor position(String lastEventId) {
        try {
            return new Cursor(Long.parseLong(lastEventId.strip()));
        } catch (NumberFormatException | MeerkatException e) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "Last-Event-ID is no position: " + lastEventId, e);
        }
    }

    private static ResponseStatusException unavailable(String reason) {
        return new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, reason);
    }

    private static String frame(SessionEvent event) {
        return "id: " + event.cursor() + "\nevent: " + event.getType() + "\ndata: "
                + event.toJson().text() + "\n\n";
    }

    /** One client that reads. */
    private final class Watch {
        private final EventStream events;
        private final Emitter emitter = new Emitter(this);
        private final AtomicBoolean over = new AtomicBoolean();

        Watch(EventStream events) {
            this.events = events;
            open.add(this);
            emitter.onCompletion(this::end);
            emitter.onTimeout(this::end);
            emitter.onError(failure -> end());
            if (ended) {
                end();
            }
        }

        /** From any thread; the one that pumps then ends the answer. */
        void end() {
            if (!over.getAndSet(true)) {
                open.remove(this);
                events.close();
                places.release();
            }
        }

        void pump() {
            try {
                // Tells the client that it is connected, and browsers fire their event for that.
                emitter.send(": open\n\n", TEXT);
                while (!events.ended()) {
                    Optional<SessionEvent> event = events.next(heartbeat);
                    if (event.isPresent()) {
                        emitter.send(frame(event.get()), TEXT);
                    } else if (!events.ended()) {
                        emitter.send(": quiet\n\n", TEXT);
                    }
                }
            } catch (IOException | IllegalStateException e) {
                LOG.debug("a client of an event stream has gone", e);
            } catch (MeerkatException e) {
                LOG.debug("an event stream ends; its client comes back", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                end();
                emitter.complete();
            }
        }
    }

    /** Begins to send when Spring has the answer, so that what was not returned sends nothing into memory. */
    private final class Emitter extends ResponseBodyEmitter {
        private final Watch watch;

        Emitter(Watch watch) {
            super(0L); // no time limit
            this.watch = watch;
        }

        @Override
        protected void extendResponse(ServerHttpResponse response) {
            super.extendResponse(response);
            HttpHeaders headers = response.getHeaders();
            headers.setContentType(new MediaType("text", "event-stream", StandardCharsets.UTF_8));
            headers.setCacheControl("no-cache");
            headers.set("X-Accel-Buffering", "no");
            executor.execute(watch::pump);
        }
    }
}
