package dev.meerkat.store.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process among the nodes of a schema: under which id it is known, and which shards it gets and gives up. A node
 * that was declared dead owns nothing, and comes back under a new id. Thread-safe.
 */
final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final String DECLARE_DEAD = "WITH ended AS (UPDATE $.lease SET dead = true"
            + " WHERE NOT dead AND expires_at < clock_timestamp() RETURNING node)"
            + " UPDATE $.node SET dead = true WHERE id IN (SELECT node FROM ended) RETURNING id";
    private static final String SERVE = "UPDATE $.node SET serving = ? WHERE id = ? AND NOT dead";
    private static final String LIVE = "SELECT count(*) FILTER (WHERE n.serving), count(*),"
            + " ceil(1000 * extract(epoch FROM min(l.expires_at) FILTER (WHERE n.id <> ?) - clock_timestamp()))::bigint"
            + " FROM $.node n JOIN $.lease l ON l.node = n.id WHERE NOT n.dead";
    private static final String OWNED = "SELECT shard, epoch FROM $.shard WHERE owner = ?";
    /**
     * First those that this node owns without knowing it, then those of nobody and of the dead. A row that another node has
     * claimed since this statement began is locked in its new form, but was chosen by the old one: then the epochs differ.
     */
    private static final String CLAIM = "UPDATE $.shard s SET owner = ?, epoch = greatest(s.epoch, ?) + 1 FROM ("
            + "SELECT x.shard, x.epoch FROM $.shard x LEFT JOIN $.node n ON n.id = x.owner"
            + " WHERE n.dead IS NOT FALSE OR (x.owner = ? AND x.shard <> ALL (?::int2[]))"
            + " ORDER BY n.dead IS NOT FALSE, random() LIMIT ? FOR UPDATE OF x SKIP LOCKED) f"
            + " WHERE s.shard = f.shard AND s.epoch = f.epoch"
            + " AND EXISTS (SELECT 1 FROM $.node m WHERE m.id = ? AND NOT m.dead) RETURNING s.shard, s.epoch";

    private final Database database;
    private final PostgresOptions options;
    private final Shards shards;
    private volatile Opening now;
    private volatile boolean serving;
    /** The highest epoch that this process had a shard in: a database that was set back must not give it again. */
    private volatile long highest;
    /** One claim at a time, so that what one gets is no surprise to another. */
    private final ReentrantLock claims = new ReentrantLock();

    private volatile Live live = new Live(1, 1, Long.MAX_VALUE);

    /**
     * How many nodes there are, as was seen last.
     *
     * @param serving those that take sessions
     * @param all all of them
     * @param millis until the first lease of another one ends
     */
    private record Live(int serving, int all, long millis) {
        static Live read(ResultSet row) throws SQLException {
            Long millis = row.getObject(3, Long.class);
            return new Live(row.getInt(1), row.getInt(2), millis == null ? Long.MAX_VALUE : millis);
        }
    }

    /**
     * What came of a claim.
     *
     * @param shards how many shards came to this node
     * @param dead how many nodes were found dead
     */
    record Claimed(int shards, int dead) {}

    Membership(Database database, PostgresOptions options, Shards shards) {
        this.database = database;
        this.options = options;
        this.shards = shards;
        this.now = Opening.join(database, options, false);
    }

    Opening now() {
        return now;
    }

    Shards shards() {
        return shards;
    }

    /** Whether another node may want to hear of what this one does. */
    boolean alone() {
        return live.all() <= 1;
    }

    /**
     * This node was declared dead under that id, or the database does not know it as it was: it owns nothing any more, and
     * joins again.
     *
     * @return what it is now
     */
    synchronized Opening rejoin(Opening dead) {
        if (now.equals(dead)) {
            shards.dropAll();
            LOG.warn(
                    "{}",
                    database.text("does not count this process among its nodes any more, such as when its lease was not"
                            + " renewed in time: others have its sessions now, and it joins again"));
            now = Opening.join(database, options, serving);
        }
        return now;
    }

    /** Takes sessions from now on, or not. */
    synchronized void serve(boolean serve) throws SQLException {
        serving = serve;
        boolean unused = database.transaction(db -> db.update(SERVE, serve, now.id()) > 0);
    }

    /** Whether it takes sessions. */
    boolean serves() {
        return serving;
    }

    /** It takes none any more, as a {@link ReleaseWrite} has told the others. */
    synchronized void stopped() {
        serving = false;
    }

    /** How long it is until a node may be dead, as far as is known. */
    long millisToNextEnd() {
        return live.millis();
    }

    /**
     * Ends the leases of those that show no sign of life, sees how many nodes there are, and which shards are this node's.
     * Takes what is its own without its knowledge, such as when the answer to a claim was lost, and what nobody has, up to
     * its fair share.
     */
    Claimed claim() throws SQLException {
        claims.lock();
        try {
            Opening me = now;
            AtomicInteger dead = new AtomicInteger();
            List<long[]> claimed = database.transaction(db -> claimed(db, me, dead));
            if (dead.get() > 0) {
                LOG.warn("{}", database.text("has lost " + dead + " of its nodes: their leases have ended"));
            }
            synchronized (this) {
                if (!now.equals(me)) {
                    return new Claimed(0, dead.get());
                }
                for (long[] shard : claimed) {
                    shards.own((int) shard[0], shard[1]);
                    highest = Math.max(highest, shard[1]);
                }
            }
            return new Claimed(claimed.size(), dead.get());
        } finally {
            claims.unlock();
        }
    }

    private List<long[]> claimed(DbConnection db, Opening me, AtomicInteger dead) throws SQLException {
        dead.set(0);
        Map<Integer, Long> stored = new HashMap<>();
        Statements look = new Statements();
        look.query(DECLARE_DEAD, row -> dead.incrementAndGet());
        look.query(LIVE, row -> live = Live.read(row), me.id());
        look.query(OWNED, row -> stored.put(row.getInt(1), row.getLong(2)), me.id());
        look.run(db);
        if (shards.keep(stored)) {
            LOG.info("{}", database.text("has other owners for sessions that this process thought to be its own"));
        }
        List<Integer> owned = shards.owned();
        List<long[]> claimed = new ArrayList<>();
        int wanted = Math.max(stored.size(), share()) - owned.size();
        boolean more = serving;
        while (more && wanted > claimed.size()) {
            DbConnection.Column held = new DbConnection.Column("int2");
            owned.forEach(held::add);
            claimed.forEach(shard -> held.add(shard[0]));
            // Those that another node claims at the same time are not there for the next look.
            more = claimed.addAll(db.list(
                    CLAIM,
                    row -> new long[] {row.getLong(1), row.getLong(2)},
                    me.id(),
                    highest,
                    me.id(),
                    held,
                    wanted - claimed.size(),
                    me.id()));
        }
        return claimed;
    }

    private int share() {
        int nodes = Math.max(1, live.serving());
        return (Shards.COUNT + nodes - 1) / nodes;
    }

    /** The shards that this node has beyond its share, first those that it does not work for. */
    List<Integer> surplus(Set<Integer> busy) {
        List<Integer> owned = new ArrayList<>(shards.owned());
        owned.sort((a, b) -> Boolean.compare(busy.contains(a), busy.contains(b)));
        return owned.subList(0, Math.max(0, owned.size() - share()));
    }

    /** Those that are not declared dead. */
    List<PostgresNode> nodes(DbConnection db) throws SQLException {
        return Inspection.nodes(db, now.id());
    }

    void leave() {
        now.leave(database);
    }
}
