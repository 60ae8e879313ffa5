package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Capabilities.Capability;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a server says it can do beyond its contract line, by the names of {@link Capability} in lower case. It is taken
 * at its word; only handles of replies no server can give.
 */
public final class ToldCapabilities {
    private static final Set<Capability> LISTED = EnumSet.complementOf(EnumSet.of(Capability.REPLY_HANDLES));

    /** Whether there is a log is a feature of any server, and more is needed to read it. */
    private static final Set<Capability> FEATURES =
            EnumSet.complementOf(EnumSet.of(Capability.REPLY_HANDLES, Capability.EVENT_REPLAY));

    private ToldCapabilities() {}

    /** Those among the features of {@code runtime/capabilities}. */
    public static Set<Capability> ofFeatures(JsonNode features) {
        return those(FEATURES, name -> features.path(name).asBoolean(false));
    }

    /** Those in the answer of {@code GET /capabilities}. */
    public static Set<Capability> ofListed(JsonNode answer) {
        return those(LISTED, name -> available(answer.path("capabilities"), name));
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
        taken.stream()
                .filter(capability -> said.test(capability.name().toLowerCase(Locale.ROOT)))
                .forEach(told::add);
        return Set.copyOf(told);
    }
}
