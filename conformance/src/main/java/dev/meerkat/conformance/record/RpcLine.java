package dev.meerkat.conformance.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** One connection that carries JSON lines, all of which it notes. Each message is handed out once. */
final class RpcLine implements AutoCloseable {
    /** Stands for answers without an id. */
    static final int NO_ID = 0;

    private static final long PATIENCE_SECONDS = 60;

    private final String name;
    private final InputStream in;
    private final OutputStream out;
    private final Journal journal;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final List<JsonNode> unread = new ArrayList<>();
    private boolean ended;

    RpcLine(String name, InputStream in, OutputStream out, Journal journal) {
        this.name = name;
        this.in = in;
        this.out = out;
        this.journal = journal;
        Thread reader = new Thread(this::read, "connection " + name);
        reader.setDaemon(true);
        reader.start();
    }

    void send(ObjectNode message) throws IOException {
        note("client", message);
        write(message.toString());
    }

    void sendRaw(String text) throws IOException {
        note("client", Step.MAPPER.createObjectNode().put("raw", text + "\n"));
        write(text);
    }

    private void write(String text) throws IOException {
        out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** The answer to a call; one without an id is taken as the answer to the call that is waited for. */
    JsonNode answer(int id, Step step) throws InterruptedException {
        return take(
                message -> !message.has("method")
                        && (message.path("id").isNull() || message.path("id").asInt(NO_ID) == id),
                step);
    }

    /** The next message of the server with a method. */
    JsonNode await(String method, Step step) throws InterruptedException {
        return take(message -> method.equals(message.path("method").asText()), step);
    }

    /** The next event of a type that a session tells in messages of one method. */
    void awaitEvent(String method, String session, Step step) throws InterruptedException {
        take(
                message -> method.equals(message.path("method").asText())
                        && session.equals(message.at("/params/session_id").asText())
                        && step.subject()
                                .equals(message.at("/params/event/payload/type").asText()),
                step);
    }

    private JsonNode take(Predicate<JsonNode> wanted, Step step) throws InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        lock.lockInterruptibly();
        try {
            while (true) {
                for (Iterator<JsonNode> messages = unread.iterator(); messages.hasNext(); ) {
                    JsonNode message = messages.next();
                    if (wanted.test(message)) {
                        messages.remove();
                        return message;
                    }
                }
                if (ended || left <= 0) {
                    throw step.failed(ended ? "the connection has ended" : "nothing like it came");
                }
                left = arrived.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode message = Step.MAPPER.readTree(line);
                note("server", message);
                arrived(message);
            }
        } catch (IOException e) {
            // The end of the connection is told below.
        }
        lock.lock();
        try {
            ended = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void arrived(JsonNode message) {
        lock.lock();
        try {
            unread.add(message);
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void note(String from, JsonNode line) {
        ObjectNode entry = journal.entry().put("from", from);
        if (!name.isEmpty()) {
            entry.put("connection", name);
        }
        entry.set("line", line);
        journal.write(entry);
    }

    @Override
    public void close() throws IOException {
        out.close();
        in.close();
    }
}
