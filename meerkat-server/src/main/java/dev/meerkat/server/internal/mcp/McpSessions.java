package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Rounds;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Counts the sessions of MCP, so that their number stays bounded: hosts often never end them, and the library drops idle
 * ones but has no limit of its own. Thread-safe.
 */
final class McpSessions implements Rounds.Member {
    static final String ID = "Mcp-Session-Id";

    private final int most;
    private final int keptSeconds;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Known> known = new HashMap<>();
    private int beginning;

    /**
     * None yet.
     *
     * @param most at one time
     * @param keptSeconds after which the library has forgotten a silent one for certain
     */
    McpSessions(int most, int keptSeconds) {
        this.most = most;
        this.keptSeconds = keptSeconds;
    }

    private static final class Known {
        int underWay;
        int silent;
    }

    /** A place for one that is about to begin; null if there is none. */
    @Nullable
    Place reserve() {
        lock.lock();
        try {
            if (known.size() + beginning >= most) {
                return null;
            }
            beginning++;
            return new Place();
        } finally {
            lock.unlock();
        }
    }

    /** Of a session that may begin or not. */
    final class Place {
        private final AtomicBoolean settled = new AtomicBoolean();

        /** The answer to the request that asks for it, which tells whether it began. */
        Response watch(Request request, Response response) {
            Request.addCompletionListener(request, failure -> settle(null));
            return new Watched(
                    request, response, () -> settle(response.getHeaders().get(ID)));
        }

        /** Whoever is first knows. */
        void settle(@Nullable String id) {
            if (!settled.getAndSet(true)) {
                lock.lock();
                try {
                    beginning--;
                    if (id != null) {
                        known.put(id, new Known());
                    }
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    /** The answer to a request of a session, which tells whether there still is one. */
    Response watch(Request request, Response response) {
        String id = request.getHeaders().get(ID);
        if (id == null) {
            return response;
        }
        count(id, 1);
        Request.addCompletionListener(request, failure -> count(id, -1));
        return new Watched(request, response, () -> {
            boolean deleted = request.getMethod().equals("DELETE") && response.getStatus() == HttpStatus.OK_200;
            if (deleted || response.getStatus() == HttpStatus.NOT_FOUND_404) {
                forget(id);
            }
        });
    }

    private void count(String id, int more) {
        lock.lock();
        try {
            Known session = known.get(id);
            if (session != null) {
                session.underWay += more;
                session.silent = 0;
            }
        } finally {
            lock.unlock();
        }
    }

    private void forget(String id) {
        lock.lock();
        try {
            known.remove(id);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void second() {
        lock.lock();
        try {
            known.values().removeIf(session -> session.underWay <= 0 && ++session.silent > keptSeconds);
        } finally {
            lock.unlock();
        }
    }

    /** Looks at an answer when it is written. */
    private static final class Watched extends Response.Wrapper {
        private final Runnable onWrite;

        Watched(Request request, Response response, Runnable onWrite) {
            super(request, response);
            this.onWrite = onWrite;
        }

        @Override
        public void write(boolean last, @Nullable ByteBuffer bytes, Callback callback) {
            onWrite.run();
            super.write(last, bytes, callback);
        }
    }
}
