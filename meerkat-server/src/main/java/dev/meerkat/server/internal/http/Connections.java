package dev.meerkat.server.internal.http;

import dev.meerkat.server.internal.calls.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * The connections of a listener and whether each has a request under way. One that does not bring a whole request in
 * time is closed, however busily it sends single bytes. Thread-safe.
 */
public final class Connections implements Connection.Listener {
    private final Ticker ticker;
    private final HttpBounds bounds;
    private final Map<Connection, Line> lines = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private int underWay;
    private boolean closing;

    /** None yet. */
    public Connections(Ticker ticker, HttpBounds bounds) {
        this.ticker = ticker;
        this.bounds = bounds;
    }

    /** One connection. */
    private final class Line implements Ticker.Member {
        private final Connection connection;
        private volatile boolean busy;
        private volatile int idle;

        Line(Connection connection) {
            this.connection = connection;
        }

        void busy(boolean now) {
            idle = 0;
            busy = now;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // counted by one timer; a second more or less does not matter
        public void second() {
            if (!busy && ++idle > bounds.idleSeconds()) {
                connection.getEndPoint().close();
            }
        }
    }

    @Override
    public void onOpened(Connection connection) {
        Line line = new Line(connection);
        lines.put(connection, line);
        ticker.join(line);
    }

    @Override
    public void onClosed(Connection connection) {
        Line line = lines.remove(connection);
        if (line != null) {
            ticker.leave(line);
        }
    }

    /**
     * A request begins on its connection, until it is answered or its client is gone.
     *
     * @return its answer, which must be read in time
     */
    public Response begin(Request request, Response response) {
        // A turn may take as long as it likes, and what waits for clients is looked after by ticker.
        request.addIdleTimeoutListener(timeout -> false);
        Line line = lines.get(request.getConnectionMetaData().getConnection());
        if (line != null) {
            line.busy(true);
        }
        count(1);
        Request.addCompletionListener(request, failure -> {
            if (line != null) {
                line.busy(false);
            }
            count(-1);
        });
        return new MinimumRateResponse(request, response, ticker, bounds.reading());
    }

    private void count(int more) {
        lock.lock();
        try {
            underWay += more;
            if (underWay == 0) {
                quiet.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether requests are refused. */
    public boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** Requests that come now are refused; false if that was so already. */
    public boolean close() {
        lock.lock();
        try {
            boolean first = !closing;
            closing = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all requests are answered. */
    public void awaitQuiet(Duration grace) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = grace.toNanos();
            while (underWay > 0 && left > 0) {
                left = quiet.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many are open. */
    public int size() {
        return lines.size();
    }
}
