package dev.meerkat.store.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
            + " UPDATE $.node SET dead = true WHERE id IN (SELECT node FROM ended)";
    private static final String SERVE = "UPDATE $.node SET serving = ? WHERE id = ? AND NOT dead";
    private static final String LIVE = "SELECT count(*) FILTER (WHERE serving), count(*) FROM $.node WHERE NOT dead";
    /** Those of nobody, of the dead, and those that this node owned and has forgotten. */
    private static final String CLAIM = "UPDATE $.shard s SET owner = ?, epoch = greatest(s.epoch, ?) + 1 FROM ("
            + "SELECT x.shard FROM $.shard x LEFT JOIN $.node n ON n.id = x.owner"
            + " WHERE n.dead IS NOT FALSE OR (x.owner = ? AND x.shard <> ALL (?::int2[]))"
            + " ORDER BY random() LIMIT ? FOR UPDATE OF x SKIP LOCKED) f WHERE s.shard = f.shard"
            + " AND EXISTS (SELECT 1 FROM $.node m WHERE m.id = ? AND NOT m.dead) RETURNING s.shard, s.epoch";

    private final Database database;
    private final PostgresOptions options;
    private final Shards shards;
    private volatile Opening now;
    private volatile boolean serving;
    /** The highest epoch that this process had a shard in: a database that was set back must not give it again. */
    private volatile long highest;
    /** How many nodes there are, as was seen last. */
    private volatile Live live = new Live(1, 1);

    /**
     * How many nodes there are.
     *
     * @param serving those that take sessions
     * @param all all of them
     */
    private record Live(int serving, int all) {}

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

    /** Takes sessions from now on, or no longer. */
    synchronized void serve(boolean serve) throws SQLException {
        serving = serve;
        boolean unused = database.transaction(db -> db.update(SERVE, serve, now.id()) > 0);
    }

    /** Ends the leases of those that show no sign of life. */
    void declareDead() throws SQLException {
        int dead = database.transaction(db -> db.update(DECLARE_DEAD));
        if (dead > 0) {
            LOG.warn("{}", database.text("has lost " + dead + " of its nodes: their leases have ended"));
        }
    }

    /** Sees how many nodes there are, and takes shards that nobody has, up to this node's fair share; returns how many. */
    int claim() throws SQLException {
        Opening me = now;
        List<long[]> claimed = database.transaction(db -> {
            live = db.first(LIVE, row -> new Live(row.getInt(1), row.getInt(2))).orElse(live);
            List<Integer> owned = shards.owned();
            int wanted = share() - owned.size();
            if (wanted <= 0 || !serving) {
                return List.of();
            }
            DbConnection.Column held = new DbConnection.Column("int2");
            owned.forEach(held::add);
            return db.list(
                    CLAIM,
                    row -> new long[] {row.getLong(1), row.getLong(2)},
                    me.id(),
                    highest,
                    me.id(),
                    held,
                    wanted,
                    me.id());
        });
        synchronized (this) {
            if (!now.equals(me)) {
                return 0;
            }
            for (long[] shard : claimed) {
                shards.own((int) shard[0], shard[1]);
                highest = Math.max(highest, shard[1]);
            }
        }
        return claimed.size();
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
