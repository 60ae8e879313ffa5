package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The contract lines, each with the version of the real server that is stood in for. */
public enum FakeLine {
    /** As {@code rkat-rpc} and {@code rkat-rest} 0.6.34. */
    V06(0, 6, 34),
    /** As {@code rkat-rpc} and {@code rkat-rest} 0.9.8. */
    V09(0, 9, 8);

    private final int major;
    private final int minor;
    private final int patch;

    FakeLine(int major, int minor, int patch) {
        this.major = major;
        this.minor = minor;
        this.patch = patch;
    }

    /** The line of a version such as {@code 0.9.8}. */
    static FakeLine of(String version) {
        for (FakeLine line : values()) {
            if (line.text().equals(version)) {
                return line;
            }
        }
        throw new IllegalArgumentException("no fake of " + version);
    }

    /** As in {@code initialize}. */
    public String text() {
        return major + "." + minor + "." + patch;
    }

    /** As in {@code capabilities/get}. */
    ObjectNode object() {
        return Js.obj("major", major, "minor", minor, "patch", patch);
    }

    boolean is09() {
        return this == V09;
    }
}
