package dev.meerkat.server.internal.wire;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the inputs say that events name by their ids. The newest ones are remembered, for all readers together and up to a
 * bound; others are read from the log. Thread-safe.
 */
public final class Inputs {
    private static final int ENTRIES = 1_024;
    private static final long BYTES = 8L << 20;
    /** More than the objects around a small input take. */
    private static final int OVERHEAD = 512;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, AdmittedInput> newest = new LinkedHashMap<>();
    private long bytes;

    private record Key(SessionId session, InputId input) {}

    /** Remembers none yet. */
    public Inputs() {}

    /** An input was read of. */
    void seen(SessionId session, AdmittedInput input) {
        long size = size(input.body());
        if (size > BYTES / ENTRIES * 8) {
            return;
        }
        lock.lock();
        try {
            if (newest.put(new Key(session, input.id()), input) == null) {
                bytes += size;
            }
            var oldest = newest.values().iterator();
            while (bytes > BYTES || newest.size() > ENTRIES) {
                bytes -= size(oldest.next().body());
                oldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    /** An input of a session; empty if its Meerkat does not tell. */
    Optional<AdmittedInput> find(Session session, InputId id) throws InterruptedException {
        lock.lock();
        try {
            AdmittedInput known = newest.get(new Key(session.id(), id));
            if (known != null) {
                return Optional.of(known);
            }
        } finally {
            lock.unlock();
        }
        Optional<AdmittedInput> read = read(session, id);
        read.ifPresent(input -> seen(session.id(), input));
        return read;
    }

    private static Optional<AdmittedInput> read(Session session, InputId id) throws InterruptedException {
        Cursor position;
        try {
            position = session.inputStatus(id).map(InputStatus::position).orElse(Cursor.START);
        } catch (NotSupportedException e) {
            return Optional.empty();
        }
        if (position.equals(Cursor.START)) {
            return Optional.empty();
        }
        try (EventStream log = session.events(new Cursor(position.sequence() - 1))) {
            for (Optional<SessionEvent> next = log.next(Duration.ZERO);
                    next.isPresent();
                    next = log.next(Duration.ZERO)) {
                if (!(next.get() instanceof SessionEvent.Live)) {
                    return next.get() instanceof SessionEvent.InputAdmitted admitted
                            ? Optional.of(admitted.input())
                            : Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static long size(InputBody body) {
        long size = OVERHEAD;
        if (body instanceof InputBody.Prompt prompt) {
            size += prompt.text().length() + size(prompt.blocks());
        } else if (body instanceof InputBody.External external) {
            size += external.event().sizeBytes();
        } else if (body instanceof InputBody.Local local) {
            size += local.command().body().length() + size(local.command().blocks());
        } else if (body instanceof InputBody.PeerMessage message) {
            CommsCommand.PeerMessage command = message.command();
            size += command.body().length() + size(command.blocks());
        } else if (body instanceof InputBody.PeerRequest request) {
            CommsCommand.PeerRequest command = request.command();
            size += command.params().text().length() + size(command.blocks());
        } else if (body instanceof InputBody.PeerResponse response) {
            CommsCommand.PeerResponse command = response.command();
            size += command.result().text().length() + size(command.blocks());
        } else if (body instanceof InputBody.PeerLifecycle notice) {
            size += notice.command().params().text().length();
        }
        return size;
    }

    private static long size(List<ContentBlock> blocks) {
        return blocks.stream().mapToLong(ContentBlock::sizeBytes).sum();
    }
}
