package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.StoreLostException;
import dev.meerkat.api.UnknownOutcomeException;

/** The exit codes; those of wire errors are as the wire's table has them. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int INVALID = 2;
    static final int NOT_DONE = 3;
    static final int UNKNOWN = 4;
    static final int SESSION_NOT_FOUND = 10;
    static final int FULL = 11;
    static final int NOT_RUNNING = 12;
    static final int CONFLICT = 13;
    static final int INTERRUPTED = 14;
    static final int STORE_LOST = 15;
    static final int AGENT_FAILED = 30;
    static final int NOT_SUPPORTED = 40;

    private ExitCode() {}

    static int of(Throwable failure) {
        if (failure instanceof NotDoneException notDone) {
            return of(notDone);
        }
        if (failure instanceof UnknownOutcomeException) {
            return UNKNOWN;
        }
        if (failure instanceof UsageException) {
            return INVALID;
        }
        return failure instanceof InterruptedException ? INTERRUPTED : FAILED;
    }

    private static int of(NotDoneException failure) {
        if (failure instanceof InvalidFieldException) {
            return INVALID;
        }
        if (failure instanceof SessionNotFoundException) {
            return SESSION_NOT_FOUND;
        }
        if (failure instanceof LaneFullException) {
            return FULL;
        }
        if (failure instanceof SessionArchivedException || failure instanceof MeerkatClosedException) {
            return NOT_RUNNING;
        }
        if (failure instanceof StoreLostException) {
            return STORE_LOST;
        }
        return failure instanceof NotSupportedException ? NOT_SUPPORTED : NOT_DONE;
    }
}
