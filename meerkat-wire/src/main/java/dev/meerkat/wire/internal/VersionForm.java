package dev.meerkat.wire.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.ContractVersion;

/** The version of the contract in an answer: a text in that of {@code initialize}, an object in all others. */
public final class VersionForm {
    private static final String FIELD = "contract_version";

    private VersionForm() {}

    /** Adds it as an object. */
    public static void addObject(ObjectNode to, ContractVersion version) {
        String[] line = version.line().line().split("\\.", -1);
        to.putObject(FIELD)
                .put("major", Integer.parseInt(line[0]))
                .put("minor", Integer.parseInt(line[1]))
                .put("patch", version.patch());
    }

    /** Either form as a text, such as {@code 0.9.8}. */
    public static String text(JsonNode answer) {
        JsonNode version = answer.path(FIELD);
        if (version.isTextual()) {
            return version.textValue();
        }
        long patch = version.has("patch") ? WireFields.count(version, "patch") : 0;
        return WireFields.count(version, "major") + "." + WireFields.count(version, "minor") + "." + patch;
    }
}
