package dev.meerkat.store.postgres;

import dev.meerkat.api.StoreException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * What the database says of a store and of the nodes that share it, at one moment. Immutable.
 *
 * @param place the schema and the server's address
 * @param server the server's version, such as {@code 18.6}
 * @param version the version of the tables; 0 if there are none
 * @param newestVersion the version of the tables that this version of Meerkat makes
 * @param durability what the server promises of a write that it has acknowledged
 * @param nodes the processes that have the schema open, by name; none of them is this one
 * @param backlog the sessions that have something to do
 */
public record PostgresReport(
        String place,
        String server,
        int version,
        int newestVersion,
        Durability durability,
        List<PostgresNode> nodes,
        Backlog backlog) {
    /**
     * What the server promises of a write that it has acknowledged.
     *
     * @param synchronousCommit the setting {@code synchronous_commit}
     * @param fsync the setting {@code fsync}
     * @param synchronousStandbyNames the setting {@code synchronous_standby_names}; empty if no write waits for a standby
     * @param standbys the servers that follow this one
     */
    public record Durability(
            String synchronousCommit, boolean fsync, String synchronousStandbyNames, List<Standby> standbys) {
        /** Copies the list. */
        public Durability {
            standbys = List.copyOf(standbys);
        }

        private boolean waitsForStandby() {
            return !synchronousStandbyNames.isEmpty()
                    && !synchronousCommit.equals("local")
                    && !synchronousCommit.equals("off");
        }

        /**
         * What that means, in words.
         *
         * @return one sentence
         */
        public String promise() {
            if (!fsync) {
                return "an acknowledged write survives a crash of PostgreSQL, and a crash of the machine may damage the"
                        + " whole database";
            }
            if (synchronousCommit.equals("off")) {
                return "the last acknowledged writes may be lost in a crash of the server";
            }
            if (!waitsForStandby()) {
                return "an acknowledged write is on the server's disk; a standby that is promoted may lack the last ones";
            }
            String there = synchronousCommit.equals("remote_write")
                    ? "in the memory of a standby"
                    : synchronousCommit.equals("remote_apply")
                            ? "on the disk of a standby, which also shows it"
                            : "on the disk of a standby";
            return "an acknowledged write is on the server's disk and " + there + ", as synchronous_standby_names says";
        }

        /**
         * What is to be changed so that nothing acknowledged is lost while all goes on.
         *
         * @return what to do, or empty if nothing is to be done
         */
        public Optional<String> toDo() {
            if (!fsync) {
                return Optional.of("set fsync = on");
            }
            if (synchronousCommit.equals("off")) {
                return Optional.of("set synchronous_commit = on");
            }
            if (waitsForStandby()
                    && standbys.stream()
                            .noneMatch(standby -> standby.mode().isPresent()
                                    && !standby.mode().get().equals("async"))) {
                return Optional.of(
                        "every write waits until a standby of synchronous_standby_names is there: start one");
            }
            return Optional.empty();
        }
    }

    /**
     * A server that follows the primary.
     *
     * @param name its application name
     * @param state such as {@code streaming}; empty if the role may not see it
     * @param mode {@code sync}, {@code quorum}, {@code potential} or {@code async}; empty if the role may not see it
     */
    public record Standby(String name, Optional<String> state, Optional<String> mode) {}

    /**
     * Sessions that have something to do.
     *
     * @param sessions how many there are
     * @param withoutOwner how many of them no live node owns
     * @param oldest when the oldest input was admitted that waits in one of them, by the clock of the node that took it;
     *     empty if none waits
     */
    public record Backlog(long sessions, long withoutOwner, Optional<Instant> oldest) {}

    /** Copies the list. */
    public PostgresReport {
        nodes = List.copyOf(nodes);
    }

    /**
     * Looks at a store. Changes nothing, makes no tables and is no node.
     *
     * @param source gives connections to the database, by the PostgreSQL JDBC driver
     * @param schema the schema that holds the tables
     * @return what there is
     * @throws StoreException if the database cannot be reached or read
     */
    public static PostgresReport of(DataSource source, String schema) {
        Database database = new Database(source, schema);
        return database.read(db -> Inspection.of(db, database.place()));
    }
}
