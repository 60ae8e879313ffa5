package dev.meerkat.server.internal.rpc;

import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools.Tool;
import dev.meerkat.server.internal.calls.ToolHost;
import dev.meerkat.server.internal.calls.ToolHosts;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The sessions of a connection that have tools of their own, besides those of the connection: {@code external_tools} of
 * {@code session/create}. Of too many, the one engaged least recently keeps only the connection's. Thread-safe.
 */
final class OwnTools {
    private static final int SESSIONS = 256;
    private static final long CHARS = 16 << 20;

    private final ToolHosts hosts;
    private final ToolHost connection;
    private final Map<SessionId, Own> sessions = new LinkedHashMap<>(16, 0.75f, true);
    private long chars;

    OwnTools(ToolHosts hosts, ToolHost connection) {
        this.hosts = hosts;
        this.connection = connection;
    }

    /**
     * Tools of a session before those of the connection; what is called goes to the connection.
     *
     * @param own go before tools of the connection with the same names
     * @param connection answers all calls
     */
    private record Own(List<Tool> own, ToolHost connection) implements ToolHost {
        @Override
        public List<Tool> tools() {
            Stream<Tool> others = connection.tools().stream()
                    .filter(tool -> own.stream().noneMatch(first -> first.name().equals(tool.name())));
            return Stream.concat(own.stream(), others).toList();
        }

        @Override
        public Json call(SessionId session, String name, Json arguments, String key) throws InterruptedException {
            return connection.call(session, name, arguments, key);
        }
    }

    /** A new session has tools of its own. */
    void add(SessionId session, List<Tool> tools) {
        List<Own> left = new ArrayList<>();
        synchronized (this) {
            sessions.put(session, new Own(tools, connection));
            chars += ToolHosts.size(tools);
            while (sessions.size() > SESSIONS || chars > CHARS) {
                Iterator<Own> all = sessions.values().iterator();
                Own eldest = all.next();
                all.remove();
                chars -= ToolHosts.size(eldest.own());
                left.add(eldest);
            }
        }
        left.forEach(hosts::unbind);
    }

    /** What serves a session: the connection, unless it has tools of its own. */
    synchronized ToolHost of(SessionId session) {
        ToolHost own = sessions.get(session);
        return own == null ? connection : own;
    }

    /** The connection is gone. */
    void close() {
        List<ToolHost> all;
        synchronized (this) {
            all = new ArrayList<>(sessions.values());
            sessions.clear();
        }
        all.forEach(hosts::unbind);
    }
}
