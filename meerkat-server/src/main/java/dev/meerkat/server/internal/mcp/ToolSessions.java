package dev.meerkat.server.internal.mcp;

import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.calls.ToolHosts;
import dev.meerkat.wire.ContractLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The sessions for which hosts brought tools along. Of too many, or of too many tools, those that were used least recently
 * and have no turn now are forgotten. Thread-safe.
 */
final class ToolSessions implements AutoCloseable {
    private static final int SESSIONS = 1_024;
    private static final long CHARS = 32L << 20;
    private static final int CALLS = 256;

    private final ContractLine line;
    private final ToolHosts hosts;
    private final Duration limit;
    private final int most;
    private final Semaphore free = new Semaphore(CALLS);
    private final Map<SessionId, SessionTools> sessions = new LinkedHashMap<>(16, 0.75f, true);
    private long chars;

    /**
     * None.
     *
     * @param limit how long a call waits for its result
     */
    ToolSessions(ContractLine line, ToolHosts hosts, Duration limit) {
        this(line, hosts, limit, SESSIONS);
    }

    ToolSessions(ContractLine line, ToolHosts hosts, Duration limit, int most) {
        this.line = line;
        this.hosts = hosts;
        this.limit = limit;
        this.most = most;
    }

    /** A session that may ask for its tools before it is known here is about to be created. */
    Runnable creating() {
        return hosts.creating();
    }

    /** The tools of a session; null if it has none. */
    @Nullable
    synchronized SessionTools find(SessionId session) {
        return sessions.get(session);
    }

    /**
     * A turn of a session is about to begin.
     *
     * @param tools take the place of those that the session has, unless empty
     * @return the session's tools; null if it has none
     */
    @Nullable
    SessionTools begin(SessionId session, List<Tool> tools, Run run) {
        List<SessionTools> forgotten;
        SessionTools found;
        synchronized (this) {
            found = sessions.get(session);
            if (found == null && tools.isEmpty()) {
                return null;
            }
            if (found == null) {
                found = new SessionTools(session, tools, line, free, limit);
                sessions.put(session, found);
                chars += ToolHosts.size(tools);
            } else if (!tools.isEmpty()) {
                chars += ToolHosts.size(tools) - ToolHosts.size(found.tools());
                found.replace(tools);
            }
            found.begin(run);
            forgotten = forget();
        }
        hosts.bind(session, found);
        forgotten.forEach(hosts::unbind);
        return found;
    }

    private List<SessionTools> forget() {
        List<SessionTools> forgotten = new ArrayList<>();
        Iterator<SessionTools> eldest = sessions.values().iterator();
        while ((sessions.size() > most || chars > CHARS) && eldest.hasNext()) {
            SessionTools one = eldest.next();
            if (one.isIdle()) {
                eldest.remove();
                chars -= ToolHosts.size(one.tools());
                forgotten.add(one);
            }
        }
        return forgotten;
    }

    @Override
    public void close() {
        List<SessionTools> all;
        synchronized (this) {
            all = new ArrayList<>(sessions.values());
            sessions.clear();
            chars = 0;
        }
        for (SessionTools one : all) {
            hosts.unbind(one);
            one.close();
        }
    }
}
