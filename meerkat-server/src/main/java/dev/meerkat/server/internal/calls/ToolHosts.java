package dev.meerkat.server.internal.calls;

import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools;
import dev.meerkat.server.ClientTools.Tool;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which connection's tools serve which session: those of the one that engaged it last. Of too many sessions, the one that
 * was engaged least recently has none.
 *
 * <p>The first turn of a session may ask for its tools before the connection knows the session's id. While connections
 * with tools create sessions, a session without a connection therefore waits to see whether it is one of those.
 */
public final class ToolHosts implements ClientTools {
    private static final int SESSIONS = 65_536;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final int most;
    private final long patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LinkedHashMap<SessionId, ToolHost> hosts = new LinkedHashMap<>();
    /** The numbers of the creations that are under way. */
    private final TreeSet<Long> creations = new TreeSet<>();

    private long nextCreation;

    /** None. */
    public ToolHosts() {
        this(SESSIONS, PATIENCE);
    }

    ToolHosts(int most, Duration patience) {
        this.most = most;
        this.patience = patience.toNanos();
    }

    /**
     * A connection with tools is about to create a session, which it then binds.
     *
     * @return to be run when that is done, or has failed; idempotent
     */
    public Runnable creating() {
        lock.lock();
        try {
            long number = nextCreation++;
            creations.add(number);
            AtomicBoolean over = new AtomicBoolean();
            return () -> {
                if (!over.getAndSet(true)) {
                    created(number);
                }
            };
        } finally {
            lock.unlock();
        }
    }

    /** How many characters tools have. */
    public static long size(Collection<Tool> tools) {
        return tools.stream()
                .mapToLong(tool -> (long) tool.name().length()
                        + tool.description().length()
                        + tool.inputSchema().text().length())
                .sum();
    }

    private void created(long number) {
        lock.lock();
        try {
            creations.remove(number);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The tools of a connection serve a session from now on. */
    public void bind(SessionId session, ToolHost host) {
        lock.lock();
        try {
            hosts.remove(session);
            hosts.put(session, host);
            if (hosts.size() > most) {
                hosts.remove(hosts.keySet().iterator().next());
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The connection is gone. */
    public void unbind(ToolHost host) {
        lock.lock();
        try {
            hosts.values().removeIf(bound -> bound.equals(host));
        } finally {
            lock.unlock();
        }
    }

    /** The connection of a session; waits for those creations only that are under way now. */
    private @Nullable ToolHost find(SessionId session) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long begun = nextCreation;
            long left = patience;
            ToolHost host = hosts.get(session);
            while (host == null && left > 0 && !creations.isEmpty() && creations.first() < begun) {
                left = changed.awaitNanos(left);
                host = hosts.get(session);
            }
            return host;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Tool> of(SessionId session) {
        try {
            ToolHost host = find(session);
            return host == null ? List.of() : host.tools();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    @Override
    public Json call(SessionId session, String name, Json arguments, String key) throws InterruptedException {
        ToolHost host = find(session);
        if (host == null || host.tools().stream().noneMatch(tool -> tool.name().equals(name))) {
            throw new NotDoneException("tool_not_found", "session " + session + " has no tool " + name);
        }
        return host.call(session, name, arguments, key);
    }
}
