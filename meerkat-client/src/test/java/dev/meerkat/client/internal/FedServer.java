package dev.meerkat.client.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.internal.calls.EventLog;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.calls.ServerFacts;
import dev.meerkat.client.internal.wire.LogPage;
import dev.meerkat.client.internal.wire.ReadEvent;
import dev.meerkat.client.internal.wire.SessionRow;
import dev.meerkat.wire.ContractVersion;
import dev.meerkat.wire.internal.WireJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server whose feeds and log the test drives. */
final class FedServer extends NoCalls {
    private static final int PAGE = 2;

    final List<FeedSink> sinks = new CopyOnWriteArrayList<>();
    final List<ReadEvent> logged = new CopyOnWriteArrayList<>();
    final AtomicInteger reads = new AtomicInteger();
    boolean keepsLog;
    boolean liveBesideLog;
    volatile boolean logFails;
    volatile boolean gone;
    volatile boolean archived;
    volatile int closed;

    /** An event that is its type and its position. */
    static ReadEvent event(long position) {
        return event(position, WireJson.object().put("type", "event-" + position));
    }

    static ReadEvent event(long position, ObjectNode payload) {
        return new ReadEvent("", position, 0, payload.path("type").asText(), payload);
    }

    FeedSink newest() {
        return sinks.get(sinks.size() - 1);
    }

    @Override
    public LiveFeed feed(SessionId session, FeedSink sink) {
        if (gone) {
            throw new ServerUnreachableException("gone", null);
        }
        sinks.add(sink);
        return () -> closed++;
    }

    @Override
    public SessionRow read(SessionId session) {
        if (archived) {
            throw new SessionNotFoundException(session.toString());
        }
        return new SessionRow(session, null, Instant.EPOCH, 0, false, Map.of(), Optional.empty(), Optional.empty());
    }

    @Override
    public ServerFacts facts() {
        Capabilities none = new Capabilities("server", "0.9.8", Set.of());
        return new ServerFacts(ContractVersion.parse("0.9.8"), none, false, liveBesideLog, false);
    }

    @Override
    public Optional<EventLog> log() {
        return keepsLog ? Optional.of(new Log()) : Optional.empty();
    }

    private final class Log implements EventLog {
        @Override
        public long latest(SessionId session) {
            return logged.isEmpty() ? 0 : logged.get(logged.size() - 1).position();
        }

        @Override
        public LogPage since(SessionId session, long after, int limit) {
            reads.incrementAndGet();
            if (logFails) {
                logFails = false;
                throw new FailedException("connection_lost", "lost", null);
            }
            List<ReadEvent> rest =
                    logged.stream().filter(event -> event.position() > after).toList();
            return new LogPage(rest.subList(0, Math.min(PAGE, rest.size())), rest.size() > PAGE);
        }
    }
}
