package dev.meerkat.benchmarks;

import dev.meerkat.core.store.SessionStore;
import java.nio.file.Path;

/** Opens durable stores. */
final class Stores {
    private Stores() {}

    static SessionStore sqlite(Path directory) {
        throw new UnsupportedOperationException(directory + ": the durable store is not there yet");
    }
}
