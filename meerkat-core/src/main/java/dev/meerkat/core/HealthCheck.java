package dev.meerkat.core;

/** Something that can say how it is. Every runtime in this JVM is one. Thread-safe. */
public interface HealthCheck {
    /** {@return what is wrong at this moment; never null, also after closing} Does not wait for the store. */
    Health health();
}
