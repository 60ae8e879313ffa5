package dev.meerkat.store.postgres;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that is tried again and again while it fails: the log says once that it fails and why, and once that it goes
 * well again. Thread-safe.
 */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final Database database;
    private final String fails;
    private final String works;
    private final AtomicBoolean failing = new AtomicBoolean();

    /** Of something that the database is needed for, with what is said of it. */
    Outage(Database database, String fails, String works) {
        this.database = database;
        this.fails = fails;
        this.works = works;
    }

    /** It has failed, perhaps not for the first time. */
    void begun(Throwable cause) {
        if (failing.getAndSet(true)) {
            LOG.debug("{}", database.text(fails), cause);
        } else {
            LOG.warn("{}", database.text(fails), cause);
        }
    }

    /** It went well. */
    void ended() {
        if (failing.getAndSet(false)) {
            LOG.info("{}", database.text(works));
        }
    }
}
