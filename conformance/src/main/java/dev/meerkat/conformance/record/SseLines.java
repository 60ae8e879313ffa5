package dev.meerkat.conformance.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** The raw lines of one stream of server-sent events, with their times. */
final class SseLines {
    private static final long PATIENCE_SECONDS = 60;

    private final String path;
    private final Journal journal;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayNode lines = Step.MAPPER.createArrayNode();
    private final List<String> types = new ArrayList<>();
    private CompletableFuture<HttpResponse<Stream<String>>> response = new CompletableFuture<>();

    SseLines(String path, Journal journal) {
        this.path = path;
        this.journal = journal;
    }

    void open(HttpClient http, URI uri) {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Accept", "text/event-stream")
                .build();
        response = http.sendAsync(request, HttpResponse.BodyHandlers.ofLines());
        Thread reader = new Thread(this::read, "events of " + path);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (Stream<String> body = response.join().body()) {
            body.forEach(this::arrived);
        } catch (UncheckedIOException e) {
            arrived("the connection has ended: " + e.getMessage());
        }
    }

    private void arrived(String line) {
        lock.lock();
        try {
            lines.addArray().add(journal.now()).add(line);
            if (line.startsWith("event:")) {
                types.add(line.substring("event:".length()).strip());
                arrived.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next event of a type. */
    void await(String type, Step step) throws InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        lock.lockInterruptibly();
        try {
            while (!types.remove(type)) {
                if (left <= 0) {
                    throw step.failed("no such event came: " + types);
                }
                left = arrived.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** All lines so far; closes the stream, since a server does not stop while one is open. */
    ObjectNode end() {
        ObjectNode entry = Step.MAPPER.createObjectNode();
        lock.lock();
        try {
            entry.putObject("sse").put("path", path).set("lines", lines.deepCopy());
        } finally {
            lock.unlock();
        }
        response.join().body().close();
        return entry;
    }
}
