package dev.meerkat.server.internal.methods;

import dev.meerkat.server.internal.calls.WireFault;
import dev.meerkat.server.internal.wire.Faults;

/** The refusals of those who read a log. */
final class LogFaults {
    private LogFaults() {}

    static WireFault ahead(long sequence, long latest) {
        return Faults.badRequest("event replay cursor sequence " + sequence + " is ahead of latest sequence " + latest);
    }

    static WireFault noLog() {
        return new WireFault(-32600, "BAD_REQUEST", 400, "event replay is not enabled for this runtime host", null);
    }
}
