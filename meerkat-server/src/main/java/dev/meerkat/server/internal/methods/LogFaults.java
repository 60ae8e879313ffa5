package dev.meerkat.server.internal.methods;

import dev.meerkat.api.NotSupportedException;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;

/** The refusals of those who read a log. */
final class LogFaults {
    private LogFaults() {}

    static WireFault ahead(long sequence, long latest) {
        return Faults.badRequest("event replay cursor sequence " + sequence + " is ahead of latest sequence " + latest);
    }

    static WireFault noLog() {
        return new WireFault(
                ErrorCode.LOG_UNAVAILABLE,
                "event replay is not enabled for this runtime host",
                ErrorForm.data(ErrorForm.NOT_DONE, NotSupportedException.CODE));
    }
}
