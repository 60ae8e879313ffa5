package dev.meerkat.api;

/** When a running turn gets to see an input; {@code handling_mode} on the wire. An idle session treats both alike. */
public enum HandlingMode {
    /** After the running turn. */
    QUEUE,
    /** By the running turn at its next safe point; during the last answer it causes one more round. */
    STEER
}
