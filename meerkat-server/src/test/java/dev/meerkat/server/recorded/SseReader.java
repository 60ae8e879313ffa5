package dev.meerkat.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.wire.internal.WireJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Reads a stream of server-sent events until the server ends it. */
final class SseReader {
    private static final String EVENT = "event: ";
    private static final String DATA = "data: ";

    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    SseReader(URI uri) {
        thread = new Thread(() -> read(uri), "recorded-sse");
        thread.setDaemon(true);
        thread.start();
    }

    private void read(URI uri) {
        try (InputStream in = uri.toURL().openStream();
                BufferedReader body = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            body.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            // The connection has ended, as the lines tell that are not there.
        }
    }

    boolean hasBegun() {
        return lines.stream().anyMatch(line -> line.startsWith(DATA));
    }

    /** All lines. */
    List<String> end() throws InterruptedException {
        thread.join();
        return List.copyOf(lines);
    }

    /** Takes the lines of a stream among the events of a side. */
    static void take(String stream, List<String> lines, Events events) {
        String name = "";
        for (String line : lines) {
            if (line.startsWith(EVENT)) {
                name = line.substring(EVENT.length());
            } else if (line.startsWith(DATA)) {
                take(stream, name, Recording.json(line.substring(DATA.length())), events);
            } else if (!line.isEmpty()) {
                events.frame("sse " + line.replaceFirst(":.*", ":"), WireJson.object());
            }
        }
    }

    private static void take(String stream, String name, JsonNode data, Events events) {
        if (data.has("payload")) {
            events.add(stream, data);
            events.frame(
                    "sse event",
                    WireJson.object()
                            .put("named", name.equals(data.at("/payload/type").asText())));
        } else {
            events.frame("sse " + name, data);
        }
    }
}
