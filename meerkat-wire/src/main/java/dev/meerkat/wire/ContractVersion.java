package dev.meerkat.wire;

import dev.meerkat.api.InvalidFieldException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of the wire contract: a line and how far it got.
 *
 * @param line the line
 * @param patch the last number
 */
public record ContractVersion(ContractLine line, int patch) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6}\\.\\d{1,6})(?:\\.(\\d{1,6}))?(?:[-+].*)?");

    /**
     * Reads a version; a suffix after {@code -} or {@code +} is left out.
     *
     * @param text such as {@code 0.9.8}
     * @return the version
     * @throws InvalidFieldException if it is none, or of no known line
     */
    public static ContractVersion parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new InvalidFieldException("contract_version", text, "must be a version");
        }
        String patch = parts.group(2);
        return new ContractVersion(ContractLine.of(parts.group(1)), patch == null ? 0 : Integer.parseInt(patch));
    }

    private boolean from(ContractLine first, int firstPatch) {
        return line.compareTo(first) > 0 || (line == first && patch >= firstPatch);
    }

    /** {@return whether an external event may have an idempotency key (from 0.9.5 on)} */
    public boolean takesEventKeys() {
        return from(ContractLine.V0_9, 5);
    }

    /** {@return whether copies of a session's events can be declined (from 0.9.5 on)} */
    public boolean takesSessionEvents() {
        return from(ContractLine.V0_9, 5);
    }

    /** {@return whether a sender can declare what its content is (from 0.7.31 on)} */
    public boolean takesTaint() {
        return from(ContractLine.V0_7, 31);
    }

    @Override
    public String toString() {
        return line.line() + "." + patch;
    }
}
