package dev.meerkat.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.internal.WireJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The events of one side: each kind of frame in the forms that it had, and in which order those of a run came. How many
 * there are depends on what wakes a session, which is not the same for both.
 */
final class Events {
    private static final String PAYLOAD = "payload";
    private static final String TYPE = "type";

    private final Map<String, List<JsonNode>> frames = new LinkedHashMap<>();
    private final Map<String, List<String>> open = new LinkedHashMap<>();
    private final Set<String> runs = new LinkedHashSet<>();

    /**
     * Takes an event.
     *
     * @param reader by which it came: a connection, a stream
     * @param envelope of the event
     */
    void add(String reader, JsonNode envelope) {
        JsonNode payload = envelope.path(PAYLOAD);
        String type = payload.path(TYPE).asText();
        String kind = payload.path("kind").asText();
        ObjectNode plain = unrepeated(envelope.deepCopy());
        if (type.equals("run_started")) {
            open.put(reader, new ArrayList<>());
            content(plain.path(PAYLOAD), "prompt");
            content(plain.path(PAYLOAD).path("input"), "content");
        }
        frame(kind.isEmpty() ? type : type + "(" + kind + ")", plain);
        List<String> run = open.get(reader);
        // Pieces of text are told to those who are there when they come.
        if (run != null && !type.equals("text_delta")) {
            run.add(type);
            if (type.equals("run_completed") || type.equals("run_failed")) {
                runs.add(String.join(" ", run));
                open.remove(reader);
            }
        }
    }

    /** The line 0.6 may have what is in the payload beside it too. */
    private ObjectNode unrepeated(ObjectNode envelope) {
        if (envelope.has(TYPE)) {
            frame("payload beside itself", WireJson.object());
            envelope.path(PAYLOAD).fieldNames().forEachRemaining(envelope::remove);
        }
        return envelope;
    }

    /** A text or blocks: what a run takes up depends on what woke it, so each block counts by itself. */
    private void content(JsonNode holder, String key) {
        if (holder.has(key)) {
            holder.path(key)
                    .forEach(block ->
                            frame("content of a run: " + block.path(TYPE).asText(), block));
            ((ObjectNode) holder).put(key, "");
        }
    }

    /** Takes what is not an event, or stands around one. */
    void frame(String kind, JsonNode frame) {
        frames.computeIfAbsent(kind, key -> new ArrayList<>()).add(frame);
    }

    /** Each frame of either side must have the form of one of the other. */
    void compare(Events ours, Consumer<String> differences) {
        Set<String> kinds = new TreeSet<>(frames.keySet());
        kinds.addAll(ours.frames.keySet());
        for (String kind : kinds) {
            List<JsonNode> their = frames.get(kind);
            List<JsonNode> our = ours.frames.get(kind);
            if (our == null) {
                differences.accept(kind + ": not ours");
            } else if (their == null) {
                differences.accept(kind + ": only ours");
            } else {
                their.forEach(frame -> nearest(kind, List.of(frame), our).forEach(differences));
                our.forEach(frame -> nearest(kind, their, List.of(frame)).forEach(differences));
            }
        }
        runs.stream()
                .filter(run -> !ours.runs.contains(run))
                .forEach(run -> differences.accept("run " + run + ": not ours"));
        ours.runs.stream()
                .filter(run -> !runs.contains(run))
                .forEach(run -> differences.accept("run " + run + ": only ours"));
    }

    private static List<String> nearest(String kind, List<JsonNode> theirs, List<JsonNode> ours) {
        List<String> fewest = List.of("");
        boolean none = true;
        for (JsonNode their : theirs) {
            for (JsonNode our : ours) {
                List<String> found = new ArrayList<>();
                new Shapes(new Aliases(), found::add).compare(kind, their, our);
                if (none || found.size() < fewest.size()) {
                    fewest = found;
                    none = false;
                }
            }
        }
        return fewest;
    }
}
