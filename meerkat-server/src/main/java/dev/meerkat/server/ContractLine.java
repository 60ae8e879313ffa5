package dev.meerkat.server;

import dev.meerkat.api.InvalidFieldException;

/** The lines of the wire contract that a server can speak; clients check which one it is. */
public enum ContractLine {
    /** The line 0.6, announced as 0.6.34. */
    V0_6("0.6", 0, 6, 34),
    /** The line 0.9, announced as 0.9.8. */
    V0_9("0.9", 0, 9, 8);

    /** The newest line. */
    public static final ContractLine NEWEST = V0_9;

    private final String line;
    private final int major;
    private final int minor;
    private final int patch;

    ContractLine(String line, int major, int minor, int patch) {
        this.line = line;
        this.major = major;
        this.minor = minor;
        this.patch = patch;
    }

    /**
     * The line of a text.
     *
     * @param line {@code 0.6} or {@code 0.9}
     * @return the line
     * @throws InvalidFieldException if there is no such line
     */
    public static ContractLine of(String line) {
        for (ContractLine known : values()) {
            if (known.line.equals(line)) {
                return known;
            }
        }
        throw new InvalidFieldException("contract", line, "must be 0.6 or 0.9");
    }

    /**
     * The line's name.
     *
     * @return {@code 0.6} or {@code 0.9}
     */
    public String line() {
        return line;
    }

    /**
     * The version that is announced.
     *
     * @return such as {@code 0.9.8}
     */
    public String version() {
        return major + "." + minor + "." + patch;
    }

    /**
     * The first number of the version.
     *
     * @return at least 0
     */
    public int major() {
        return major;
    }

    /**
     * The second number of the version.
     *
     * @return at least 0
     */
    public int minor() {
        return minor;
    }

    /**
     * The third number of the version.
     *
     * @return at least 0
     */
    public int patch() {
        return patch;
    }
}
