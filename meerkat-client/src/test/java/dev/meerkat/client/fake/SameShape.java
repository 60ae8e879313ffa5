package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares what a real server answered with what a fake answers: the same keys at every level and the
 * same values, but for times, and for ids, which need only be used in the same way.
 */
final class SameShape {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** Where the parser stood depends on spaces that a recording does not keep. */
    private static final Pattern COLUMN = Pattern.compile(" at line 1 column \\d+");

    /** Keys that the client does not read and that the fake leaves out. */
    private static final Set<String> LEFT_OUT = Set.of(
            // Accounting by provider, and the health of skills: diagnostics.
            "request_usage",
            "accounting",
            "skill_diagnostics",
            "resolved_capabilities",
            // Where a prompt was typed: only over JSON-RPC.
            "turn_input",
            // More than the client asks of a mob's member.
            "peer_connectivity",
            "progress",
            "detached_jobs");

    /** Keys with times, which differ each time. */
    private static final Set<String> TIMES = Set.of("created_at", "updated_at", "timestamp", "timestamp_ms");

    /** Lists and objects of which the fake has only a part. */
    private static final Set<String> PARTIAL = Set.of("methods", "features", "capabilities");

    /** Keys whose values are words and numbers that clients go by. */
    private static final Set<String> WORDS = Set.of(
            "code",
            "status",
            "type",
            "kind",
            "role",
            "current_state",
            "outcome",
            "outcome_type",
            "stop_reason",
            "block_type",
            "direction",
            "reason",
            "source",
            "transport",
            "reachability",
            "contract_version");

    private final Map<String, String> ids = new HashMap<>();
    private final List<String> differences = new ArrayList<>();
    private final boolean exact;

    /** Texts and numbers are the same too. */
    SameShape() {
        this(true);
    }

    private SameShape(boolean exact) {
        this.exact = exact;
    }

    /** Texts, numbers, flags and lengths of lists may differ, but for words that clients go by. */
    static SameShape ofForms() {
        return new SameShape(false);
    }

    private boolean counts(String where) {
        return exact || WORDS.contains(where.substring(where.lastIndexOf('.') + 1));
    }

    /** A recorded request with the ids of the fake. */
    JsonNode translated(JsonNode recorded) {
        if (recorded.isTextual()) {
            return TextNode.valueOf(translated(recorded.textValue()));
        } else if (recorded instanceof ObjectNode object) {
            ObjectNode copy = Js.obj();
            object.properties().forEach(field -> copy.set(field.getKey(), translated(field.getValue())));
            return copy;
        } else if (recorded.isArray()) {
            return Js.arr(recorded.valueStream().map(this::translated).toList());
        }
        return recorded;
    }

    String translated(String recorded) {
        return ID.matcher(recorded)
                .replaceAll(id -> Matcher.quoteReplacement(ids.computeIfAbsent(id.group(), same -> same)));
    }

    List<String> differences() {
        return differences;
    }

    void compare(String where, JsonNode recorded, JsonNode fake) {
        if (recorded.getNodeType() != fake.getNodeType()) {
            differences.add(where + ": recorded " + cut(recorded) + ", fake " + cut(fake));
        } else if (recorded.isObject()) {
            compareObjects(where, recorded, fake);
        } else if (recorded.isArray()) {
            compareArrays(where, recorded, fake);
        } else if (recorded.isTextual()) {
            compareTexts(where, recorded.textValue(), fake.textValue());
        } else if (counts(where)
                && (recorded.isNumber()
                        ? recorded.decimalValue().compareTo(fake.decimalValue()) != 0
                        : !recorded.equals(fake))) {
            differences.add(where + ": recorded " + recorded + ", fake " + fake);
        }
    }

    private void compareObjects(String where, JsonNode recorded, JsonNode fake) {
        Set<String> names = new TreeSet<>();
        recorded.fieldNames().forEachRemaining(names::add);
        fake.fieldNames().forEachRemaining(names::add);
        names.removeAll(LEFT_OUT);
        boolean partial = PARTIAL.contains(where.substring(where.lastIndexOf('.') + 1));
        for (String name : names) {
            if (!fake.has(name)) {
                if (!partial) {
                    differences.add(where + "." + name + ": not in the fake");
                }
            } else if (!recorded.has(name)) {
                differences.add(where + "." + name + ": only in the fake");
            } else if (TIMES.contains(name)) {
                sameType(where + "." + name, recorded.get(name), fake.get(name));
            } else if (name.equals("claim_token")
                    || name.equals("content") && recorded.path("role").asText().equals("system")) {
                // A secret, and the built-in system prompt with its list of skills.
                sameType(where + "." + name, recorded.get(name), fake.get(name));
            } else {
                compare(where + "." + name, recorded.get(name), fake.get(name));
            }
        }
    }

    private void sameType(String where, JsonNode recorded, JsonNode fake) {
        if (recorded.getNodeType() != fake.getNodeType()) {
            differences.add(where + ": recorded " + cut(recorded) + ", fake " + cut(fake));
        }
    }

    private void compareArrays(String where, JsonNode recorded, JsonNode fake) {
        if (PARTIAL.contains(where.substring(where.lastIndexOf('.') + 1))) {
            List<JsonNode> all = recorded.valueStream().toList();
            fake.valueStream()
                    .filter(value -> !all.contains(value))
                    .forEach(value -> differences.add(where + ": only in the fake: " + value));
            return;
        }
        if (exact && recorded.size() != fake.size()) {
            differences.add(where + ": recorded " + recorded.size() + " items, fake " + fake.size());
        }
        for (int i = 0; i < Math.min(recorded.size(), fake.size()); i++) {
            compare(where + "[" + i + "]", recorded.get(i), fake.get(i));
        }
    }

    private void compareTexts(String where, String recorded, String fake) {
        if (counts(where) && !plain(recorded).equals(plain(fake))) {
            differences.add(where + ":\n  recorded " + recorded + "\n  fake     " + fake);
            return;
        }
        Matcher theirs = ID.matcher(recorded);
        Matcher ours = ID.matcher(fake);
        while (theirs.find() && ours.find()) {
            String known = ids.computeIfAbsent(theirs.group(), id -> ours.group());
            if (exact && !known.equals(ours.group())) {
                differences.add(where + ": the recorded id " + theirs.group() + " was " + known + ", and is now "
                        + ours.group());
            }
        }
    }

    private static String plain(String text) {
        return COLUMN.matcher(ID.matcher(text).replaceAll("<id>")).replaceAll("");
    }

    private static String cut(JsonNode tree) {
        String text = tree.toString();
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }
}
