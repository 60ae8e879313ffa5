package dev.meerkat.store.sqlite;

/**
 * Clears the files of what was deleted before. It is complete when neither the journal nor the write-ahead log has
 * anything of that.
 */
final class Scrub extends Write<Boolean> {
    @Override
    long payloadBytes() {
        return 0;
    }

    @Override
    Boolean apply(Tables tables) {
        return true;
    }

    @Override
    boolean scrubs() {
        return true;
    }
}
