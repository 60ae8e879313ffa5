package dev.meerkat.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Compares what a real server said with what ours says: the same keys at every level, the same types, and the same values
 * of flags and of words and numbers that clients go by. Ids, times, texts and counts are each server's own.
 */
final class Shapes {
    /** Keys whose values are of a closed vocabulary. */
    private static final Set<String> WORDS = Set.of(
            "jsonrpc",
            "code",
            "status",
            "content-type",
            "type",
            "kind",
            "role",
            "state",
            "outcome",
            "outcome_type",
            "class",
            "error_class",
            "terminal_cause_kind",
            "stop_reason",
            "block_type",
            "direction",
            "reason",
            "result",
            "source",
            "event_type",
            "handling_mode",
            "transport",
            "delivery",
            "acked",
            "reachability",
            "turn_input",
            "media_type",
            "intent",
            "major",
            "minor",
            "patch",
            "contract_version",
            "name",
            "offset",
            "limit",
            "required_action",
            "action",
            "append_ordinal",
            "stage",
            "version");

    private final Aliases aliases;
    private final Consumer<String> differences;

    /**
     * Compares.
     *
     * @param aliases learns which id of ours stands for which recorded one
     * @param differences told of each difference
     */
    Shapes(Aliases aliases, Consumer<String> differences) {
        this.aliases = aliases;
        this.differences = differences;
    }

    /** Compares two values. */
    void compare(String where, JsonNode theirs, JsonNode ours) {
        if (theirs.getNodeType() != ours.getNodeType()) {
            differences.accept(where + ": " + type(theirs) + " is " + type(ours));
        } else if (theirs.isObject()) {
            aliases.learn(theirs, ours);
            objects(where, theirs, ours);
        } else if (theirs.isArray()) {
            arrays(where, theirs, ours);
        } else {
            values(where, theirs, ours);
        }
    }

    private static String type(JsonNode node) {
        return node.getNodeType().toString().toLowerCase(Locale.ROOT);
    }

    private void objects(String where, JsonNode theirs, JsonNode ours) {
        Set<String> names = new TreeSet<>();
        theirs.fieldNames().forEachRemaining(names::add);
        ours.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            String there = where + "." + name;
            if (!ours.has(name)) {
                differences.accept(there + ": not ours");
            } else if (!theirs.has(name)) {
                differences.accept(there + ": only ours");
            } else {
                compare(there, theirs.get(name), ours.get(name));
            }
        }
    }

    private void values(String where, JsonNode theirs, JsonNode ours) {
        boolean word = WORDS.contains(where.substring(where.lastIndexOf('.') + 1));
        if (theirs.isTextual() && !aliases.learn(theirs.textValue(), ours.textValue())) {
            differences.accept(where + ": another id");
        } else if ((word || theirs.isBoolean())
                && !aliases.translated(theirs.asText()).equals(ours.asText())) {
            differences.accept(where + ": " + theirs + " is " + ours);
        }
    }

    /** Rows of the same kind are compared in their order. */
    private void arrays(String where, JsonNode theirs, JsonNode ours) {
        if (theirs.path(0).isTextual() && ours.path(0).isTextual()) {
            words(where, theirs, ours);
            return;
        }
        List<String> their = new ArrayList<>();
        List<String> our = new ArrayList<>();
        theirs.forEach(row -> their.add(aliases.translated(kind(row))));
        ours.forEach(row -> our.add(kind(row)));
        boolean sure = their.equals(our) || Set.copyOf(our).size() == our.size();
        Shapes rows = sure ? this : new Shapes(new Aliases(), differences);
        int[][] common = common(their, our);
        int t = 0;
        int o = 0;
        while (t < their.size() || o < our.size()) {
            if (t < their.size() && o < our.size() && their.get(t).equals(our.get(o))) {
                rows.compare(where + "[" + shown(theirs.get(t)) + "]", theirs.get(t++), ours.get(o++));
            } else if (o == our.size() || t < their.size() && common[t + 1][o] >= common[t][o + 1]) {
                differences.accept(where + "[" + shown(theirs.get(t++)) + "]: not ours");
            } else {
                differences.accept(where + "[" + shown(ours.get(o++)) + "]: only ours");
            }
        }
    }

    /** Lists of words: ours may know fewer. */
    private void words(String where, JsonNode theirs, JsonNode ours) {
        Set<String> their = new TreeSet<>();
        Set<String> our = new TreeSet<>();
        theirs.forEach(word -> their.add(word.asText()));
        ours.forEach(word -> our.add(word.asText()));
        if (!our.containsAll(their)) {
            differences.accept(where + ": fewer are ours");
        }
        our.removeAll(their);
        our.forEach(word -> differences.accept(where + "[" + word + "]: only ours"));
    }

    /** How many rows the rests have in common, from each place on. */
    private static int[][] common(List<String> theirs, List<String> ours) {
        int[][] common = new int[theirs.size() + 1][ours.size() + 1];
        for (int t = theirs.size() - 1; t >= 0; t--) {
            for (int o = ours.size() - 1; o >= 0; o--) {
                common[t][o] = theirs.get(t).equals(ours.get(o))
                        ? common[t + 1][o + 1] + 1
                        : Math.max(common[t + 1][o], common[t][o + 1]);
            }
        }
        return common;
    }

    /** By what rows are found to be the same. */
    private static String kind(JsonNode row) {
        if (row.has("peer_id")) {
            return row.path("name").asText();
        } else if (row.has("role")) {
            return row.path("role").asText().equals("system")
                    ? "system"
                    : shown(row) + row.path("content") + row.path("body");
        }
        return row.has("created_at") && row.has("session_id")
                ? row.path("session_id").asText()
                : shown(row);
    }

    /** What a row is, for people. */
    static String shown(JsonNode row) {
        if (row.isValueNode()) {
            return row.asText();
        } else if (row.has("role")) {
            String kind = row.has("kind") ? "/" + row.path("kind").asText() : "";
            return row.path("role").asText() + kind;
        } else if (row.has("event")) {
            return row.at("/event/type").asText();
        }
        for (String key : List.of("type", "block_type", "id")) {
            if (row.path(key).isTextual()) {
                return row.path(key).asText();
            }
        }
        return "";
    }
}
