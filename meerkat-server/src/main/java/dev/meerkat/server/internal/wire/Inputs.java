package dev.meerkat.server.internal.wire;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.internal.Sizes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the inputs say that events name by their ids. The newest ones are remembered, for all readers together and up to a
 * bound; others are read from the log. Thread-safe.
 */
public final class Inputs {
    private static final int ENTRIES = 1_024;
    private static final long BYTES = 8L << 20;
    /** More than the objects around a small input take. */
    private static final int OVERHEAD = 512;

    private final Map<Key, AdmittedInput> newest = new LinkedHashMap<>();
    private final Written written = new Written();
    private long bytes;

    private record Key(SessionId session, InputId input) {}

    /** Remembers none yet. */
    public Inputs() {}

    /** What the newest large events became, for the same readers. */
    Written written() {
        return written;
    }

    /** An input was read of. */
    void seen(SessionId session, AdmittedInput input) {
        long size = OVERHEAD + Sizes.of(input.body());
        if (size > BYTES / 4) {
            return;
        }
        synchronized (this) {
            if (newest.put(new Key(session, input.id()), input) == null) {
                bytes += size;
            }
            var oldest = newest.values().iterator();
            while (bytes > BYTES || newest.size() > ENTRIES) {
                bytes -= OVERHEAD + Sizes.of(oldest.next().body());
                oldest.remove();
            }
        }
    }

    /** An input of a session; empty if its Meerkat does not tell. */
    Optional<AdmittedInput> find(Session session, InputId id) throws InterruptedException {
        synchronized (this) {
            AdmittedInput known = newest.get(new Key(session.id(), id));
            if (known != null) {
                return Optional.of(known);
            }
        }
        Optional<AdmittedInput> read = read(session, id);
        read.ifPresent(input -> seen(session.id(), input));
        return read;
    }

    private static Optional<AdmittedInput> read(Session session, InputId id) throws InterruptedException {
        Optional<Cursor> position;
        try {
            position = session.inputStatus(id).flatMap(InputStatus::position);
        } catch (NotSupportedException e) {
            return Optional.empty();
        }
        if (position.isEmpty()) {
            return Optional.empty();
        }
        Cursor before = new Cursor(position.get().sequence() - 1);
        return LogStretch.first(
                session,
                before,
                position.get(),
                event -> event instanceof SessionEvent.InputAdmitted admitted
                        ? Optional.of(admitted.input())
                        : Optional.empty());
    }
}
