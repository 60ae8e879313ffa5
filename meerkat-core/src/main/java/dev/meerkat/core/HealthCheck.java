package dev.meerkat.core;

/** Something that can say how it is. Every runtime in this JVM is one. Thread-safe. */
public interface HealthCheck {
    /**
     * What is wrong at this moment. Does not wait for the store.
     *
     * @return never null, also after closing
     */
    Health health();
}
