package dev.meerkat.client.internal.wire;

import dev.meerkat.client.ContractMismatchException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A contract version of the wire; versions with the same major and minor number are one line.
 *
 * @param major the first number
 * @param minor the second number
 * @param patch the third number
 */
public record ContractVersion(int major, int minor, int patch) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?(?:[-+].*)?");

    /** Reads a version; a suffix after {@code -} or {@code +} is left out. */
    public static ContractVersion parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new ContractMismatchException(text);
        }
        String patch = parts.group(3);
        return new ContractVersion(
                Integer.parseInt(parts.group(1)),
                Integer.parseInt(parts.group(2)),
                patch == null ? 0 : Integer.parseInt(patch));
    }

    /** Whether this is of the line major.minor and not older than the patch. */
    boolean atLeast(int major, int minor, int patch) {
        return this.major == major && this.minor == minor && this.patch >= patch;
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
