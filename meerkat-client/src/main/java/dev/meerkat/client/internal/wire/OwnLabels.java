package dev.meerkat.client.internal.wire;

/** The labels by which a client marks sessions that it makes with a comms name, since servers tell no names. */
public final class OwnLabels {
    /** The session's name. */
    public static final String COMMS_NAME = "dev.meerkat.comms-name";
    /** There for a keep-alive session. */
    public static final String KEEP_ALIVE = "dev.meerkat.keep-alive";

    private OwnLabels() {}
}
