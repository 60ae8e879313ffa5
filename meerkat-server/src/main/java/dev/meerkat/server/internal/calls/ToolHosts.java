package dev.meerkat.server.internal.calls;

import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which connection's tools serve which session: those of the one that engaged it last. */
public final class ToolHosts implements ClientTools {
    private final Map<SessionId, ToolHost> hosts = new ConcurrentHashMap<>();

    /** The tools of a connection serve a session from now on. */
    public void bind(SessionId session, ToolHost host) {
        hosts.put(session, host);
    }

    /** The connection is gone. */
    public void unbind(ToolHost host) {
        hosts.values().removeIf(bound -> bound == host);
    }

    @Override
    public List<Tool> of(SessionId session) {
        ToolHost host = hosts.get(session);
        return host == null ? List.of() : host.tools();
    }

    @Override
    public Json call(SessionId session, String name, Json arguments, String key) throws InterruptedException {
        ToolHost host = hosts.get(session);
        if (host == null || host.tools().stream().noneMatch(tool -> tool.name().equals(name))) {
            throw new NotDoneException("tool_not_found", "session " + session + " has no tool " + name);
        }
        return host.call(session, name, arguments, key);
    }
}
