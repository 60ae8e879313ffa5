package dev.meerkat.wire.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a server says it can do beyond its contract line, by the names of {@link Capability} in lower case: as rows of
 * {@code capabilities/get}, or as flags among the features of {@code runtime/capabilities}. Clients take it at its word.
 */
public final class CapabilityForm {
    /** Whether there is a log is a feature of any server, and more is needed to read it. */
    private static final Set<Capability> FEATURES = EnumSet.complementOf(EnumSet.of(Capability.EVENT_REPLAY));

    private CapabilityForm() {}

    /** Adds the rows of those that a server has. */
    public static void addRows(ArrayNode rows, Predicate<Capability> has) {
        EnumSet.allOf(Capability.class).stream()
                .filter(has)
                .forEach(capability -> addRow(rows, name(capability), describe(capability)));
    }

    /** Adds one row. */
    public static void addRow(ArrayNode rows, String id, String description) {
        rows.addObject().put("id", id).put("description", description).put("status", "Available");
    }

    /** Adds the flags of those that a server has. */
    public static void addFlags(ObjectNode features, Predicate<Capability> has) {
        EnumSet.allOf(Capability.class).stream()
                .filter(has)
                .forEach(capability -> features.put(name(capability), true));
    }

    /** Those among the features of {@code runtime/capabilities}. */
    public static Set<Capability> ofFeatures(JsonNode features) {
        return those(FEATURES, name -> features.path(name).asBoolean(false));
    }

    /** Those in the answer of {@code GET /capabilities}. */
    public static Set<Capability> ofListed(JsonNode answer) {
        return those(EnumSet.allOf(Capability.class), name -> available(answer.path("capabilities"), name));
    }

    /** Whether the answer of {@code GET /capabilities} has this row. */
    public static boolean lists(JsonNode answer, String name) {
        return available(answer.path("capabilities"), name);
    }

    private static boolean available(JsonNode rows, String name) {
        for (JsonNode row : rows) {
            if (row.path("id").asText("").equals(name)) {
                return row.path("status").asText("").equals("Available");
            }
        }
        return false;
    }

    private static Set<Capability> those(Set<Capability> taken, Predicate<String> said) {
        Set<Capability> told = EnumSet.noneOf(Capability.class);
        taken.stream().filter(capability -> said.test(name(capability))).forEach(told::add);
        return Set.copyOf(told);
    }

    private static String name(Capability capability) {
        return capability.name().toLowerCase(Locale.ROOT);
    }

    private static String describe(Capability capability) {
        return switch (capability) {
            case PEER_NAMES -> "A peer may be addressed by name";
            case REALM_TRUST -> "The sessions of a realm are peers";
            case FREE_INTENTS -> "Requests take any intent, params and result";
            case REPLY_HANDLES -> "A reply can be awaited";
            case EVENT_WAKE -> "An external event wakes a keep-alive session";
            case EVENT_DEDUPE -> "External events take an idempotency key";
            case EVENT_RECEIPTS -> "The outcome of an external event names its input";
            case EVENT_REPLAY -> "Events can be read again from a cursor";
            case STEER -> "A running turn sees steered input";
            case DEAD_LETTERS -> "Dead letters can be listed, redriven and discarded";
            case SCHEDULES -> "Inputs can come later, by schedules";
            case OPTIONAL_PROMPT -> "A session can be created without a first prompt";
            case DELETION -> "Sessions can be deleted, and archived ones listed";
            case RETENTION -> "A session may have a rule for how long its past is kept";
            case DURABLE -> "What is acknowledged survives a crash";
        };
    }
}
