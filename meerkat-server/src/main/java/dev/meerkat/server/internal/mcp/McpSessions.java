package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Ticker;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** The sessions of MCP over HTTP, which hosts begin and often never end: silent ones are forgotten. Thread-safe. */
final class McpSessions implements Ticker.Member {
    private static final int ID_BYTES = 16;

    private final int most;
    private final int keptSeconds;
    private final SecureRandom random = new SecureRandom();
    // Guarded by this.
    private final Map<String, Known> known = new HashMap<>();

    /**
     * None yet.
     *
     * @param most at one time
     * @param keptSeconds after which a silent one is forgotten
     */
    McpSessions(int most, int keptSeconds) {
        this.most = most;
        this.keptSeconds = keptSeconds;
    }

    private static final class Known {
        final McpSession session = new McpSession();
        int underWay;
        int silent;
    }

    /** A new session's id, which nobody can guess; null if there are too many. */
    @Nullable
    String begin() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        synchronized (this) {
            if (known.size() >= most) {
                return null;
            }
            known.put(id, new Known());
            return id;
        }
    }

    /** The session of a request, which is heard of until the request is answered; null if it is not known. */
    @Nullable
    synchronized McpSession find(String id, Request request) {
        Known found = known.get(id);
        if (found == null) {
            return null;
        }
        found.underWay++;
        found.silent = 0;
        Request.addCompletionListener(request, failure -> ended(found));
        return found.session;
    }

    private synchronized void ended(Known session) {
        session.underWay--;
        session.silent = 0;
    }

    /** Its host ends it. */
    synchronized void end(String id) {
        known.remove(id);
    }

    @Override
    public synchronized void second() {
        known.values().removeIf(session -> session.underWay <= 0 && ++session.silent > keptSeconds);
    }
}
