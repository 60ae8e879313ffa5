package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Stands in for one real server: a simulation in memory of what the client uses, with the shapes of
 * one contract line and, as a real server with {@code RKAT_TEST_CLIENT=1}, a model that answers
 * {@code "ok"}. Faithful to the recordings rather than useful: names do not resolve, sessions are no
 * peers until a mob wires them, external events do not wake. Thread-safe.
 *
 * <p>Surfaces on it are {@link FakeRpc} and {@link FakeRest}.
 */
@SuppressWarnings("try") // closing may be interrupted
public final class FakeServer implements AutoCloseable {
    private final FakeSettings settings;
    private final FakeIds ids = new FakeIds();
    private final ReentrantLock lock = new ReentrantLock();
    private final ExecutorService threads;
    private final Map<String, FakeSession> sessions = new LinkedHashMap<>();
    private final FakeCopies copies = new FakeCopies();
    private final FakeTurns turns;
    private final FakeSessions calls;
    private final FakeEvents events;
    private final FakeComms comms;
    private final FakeMobs mobs;

    /** A server without sessions. */
    public FakeServer(FakeSettings settings) {
        this.settings = settings;
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "fake-turn");
            thread.setDaemon(true);
            return thread;
        });
        turns = new FakeTurns(this, settings.runs() == null ? threads : settings.runs());
        calls = new FakeSessions(this);
        events = new FakeEvents(this);
        comms = new FakeComms(this);
        mobs = new FakeMobs(this);
    }

    /** A server as the real one of a line. */
    public static FakeServer of(FakeLine line) {
        return new FakeServer(FakeSettings.of(line));
    }

    FakeSettings settings() {
        return settings;
    }

    /** The contract line that it speaks. */
    public FakeLine line() {
        return settings.line();
    }

    FakeIds ids() {
        return ids;
    }

    FakeCopies copies() {
        return copies;
    }

    FakeTurns turns() {
        return turns;
    }

    FakeSessions sessions() {
        return calls;
    }

    FakeEvents events() {
        return events;
    }

    FakeComms comms() {
        return comms;
    }

    FakeMobs mobs() {
        return mobs;
    }

    Map<String, FakeSession> all() {
        return sessions;
    }

    long millis() {
        return settings.clock().getAsLong();
    }

    String now() {
        return Instant.ofEpochMilli(millis()).toString().replace("Z", "+00:00");
    }

    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** A session whatever its state; the parameters name it. */
    FakeSession any(JsonNode params) {
        String id = id(params);
        FakeSession session = sessions.get(id);
        if (session == null) {
            throw FakeError.notFound(id);
        }
        return session;
    }

    /** A session that is not archived. */
    FakeSession live(JsonNode params) {
        FakeSession session = any(params);
        if (session.archived) {
            throw FakeError.notFound(session.id);
        }
        return session;
    }

    /** A session that is not archived, as the runtime of a real server looks for it. */
    FakeSession running(JsonNode params) {
        String id = id(params);
        FakeSession session = sessions.get(id);
        if (session == null || session.archived) {
            throw FakeError.notRunning(id);
        }
        return session;
    }

    /** The id in a session locator: an id, or a realm and an id. */
    String id(JsonNode params) {
        String raw = Shape.text(params, "session_id");
        int colon = raw.indexOf(':');
        String realm = colon < 0 ? settings.realm() : raw.substring(0, colon);
        String id = raw.substring(colon + 1);
        if (!Shape.isUuid(id)) {
            throw FakeError.value("Invalid session_id '" + raw + "': invalid session id in session locator: " + raw);
        }
        if (!realm.equals(settings.realm())) {
            throw FakeError.value("Session locator realm '" + realm + "' does not match active runtime realm '"
                    + settings.realm() + "'");
        }
        return id;
    }

    String ref(FakeSession session) {
        return settings.realm() + ":" + session.id;
    }

    /** An answer that begins with the session. */
    ObjectNode about(FakeSession session) {
        return Js.obj("session_id", session.id, "session_ref", ref(session));
    }

    /** Waits until no turn runs, within a bound. */
    @Override
    public void close() throws InterruptedException {
        threads.shutdownNow();
        if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a turn of the fake server does not end");
        }
    }
}
