package dev.meerkat.api;

/** Where an input waits. The lanes have separate bounds, so a flood in one cannot starve the other. */
public enum Lane {
    /** Prompts, local input and peer traffic. */
    COMMS,
    /** External events. */
    EXTERNAL
}
