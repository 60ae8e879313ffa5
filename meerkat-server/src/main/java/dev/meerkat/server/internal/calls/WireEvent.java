package dev.meerkat.server.internal.calls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.wire.internal.WireJson;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An event as the wire has it, which may be told to many readers. Thread-safe. */
public final class WireEvent {
    private final long sequence;
    private final boolean logged;
    private final String type;
    private final ObjectNode envelope;
    private final Optional<String> endOfRun;
    // Guarded by this.
    private byte @Nullable [] json;

    /**
     * An event.
     *
     * @param sequence its place in the log; that of the newest logged one before it, if it is not logged itself
     * @param logged whether it can be read again from the log
     * @param type the payload's type, such as {@code run_started}
     * @param envelope the whole envelope, not to be changed
     * @param endOfRun the run that it ends, or empty
     */
    public WireEvent(long sequence, boolean logged, String type, ObjectNode envelope, Optional<String> endOfRun) {
        this.sequence = sequence;
        this.logged = logged;
        this.type = type;
        this.envelope = envelope;
        this.endOfRun = endOfRun;
    }

    /** Its place in the log; that of the newest logged one before it, if it is not logged itself. */
    public long sequence() {
        return sequence;
    }

    /** Whether it can be read again from the log. */
    public boolean logged() {
        return logged;
    }

    /** The payload's type. */
    public String type() {
        return type;
    }

    /** The whole envelope, not to be changed. */
    public ObjectNode envelope() {
        return envelope;
    }

    /** The run that it ends, or empty. */
    public Optional<String> endOfRun() {
        return endOfRun;
    }

    /**
     * The envelope in UTF-8, encoded once for all readers and surfaces.
     *
     * @return the same bytes each time, not to be changed
     * @throws InvalidFieldException if it has text that is not Unicode
     */
    public synchronized byte[] json() {
        byte[] known = json;
        if (known == null) {
            known = WireJson.write(envelope);
            json = known;
        }
        return known;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WireEvent that
                && sequence == that.sequence
                && logged == that.logged
                && type.equals(that.type)
                && envelope.equals(that.envelope)
                && endOfRun.equals(that.endOfRun);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(sequence) * 31 + type.hashCode();
    }

    @Override
    public String toString() {
        return "WireEvent[" + sequence + (logged ? "" : ", live") + ", " + type + "]";
    }
}
