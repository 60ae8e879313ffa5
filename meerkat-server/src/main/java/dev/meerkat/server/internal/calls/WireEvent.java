package dev.meerkat.server.internal.calls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * An event as the wire has it.
 *
 * @param sequence its place in the log; that of the newest logged one before it, if it is not logged itself
 * @param logged whether it can be read again from the log
 * @param type the payload's type, such as {@code run_started}
 * @param envelope the whole envelope, not to be changed
 * @param endOfRun the run that it ends, or empty
 */
public record WireEvent(long sequence, boolean logged, String type, ObjectNode envelope, Optional<String> endOfRun) {}
