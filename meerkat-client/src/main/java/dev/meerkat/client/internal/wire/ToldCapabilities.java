package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Capabilities.Capability;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What a server says it can do beyond its contract line, by the names of {@link Capability} in lower case. Only what needs
 * nothing else to be written or read by this client is taken at its word; the rest its contract line must have.
 */
public final class ToldCapabilities {
    private static final Set<Capability> TAKEN = Set.of(Capability.REALM_TRUST, Capability.EVENT_WAKE);

    private ToldCapabilities() {}

    /** Those known by the line, and those among the features of {@code runtime/capabilities}. */
    public static Set<Capability> withFeatures(Set<Capability> known, JsonNode features) {
        Set<Capability> all = EnumSet.noneOf(Capability.class);
        all.addAll(known);
        TAKEN.stream()
                .filter(capability -> features.path(name(capability)).asBoolean(false))
                .forEach(all::add);
        return Set.copyOf(all);
    }

    /** Those known by the line, and those in the answer of {@code GET /capabilities}. */
    public static Set<Capability> withListed(Set<Capability> known, JsonNode answer) {
        Set<Capability> all = EnumSet.noneOf(Capability.class);
        all.addAll(known);
        for (JsonNode row : answer.path("capabilities")) {
            if (row.path("status").asText("").equals("Available")) {
                TAKEN.stream()
                        .filter(capability ->
                                name(capability).equals(row.path("id").asText("")))
                        .forEach(all::add);
            }
        }
        return Set.copyOf(all);
    }

    private static String name(Capability capability) {
        return capability.name().toLowerCase(Locale.ROOT);
    }
}
