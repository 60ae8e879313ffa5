package dev.meerkat.store.postgres;

import dev.meerkat.api.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables, as a list of scripts: the n-th one makes version n. A script that was ever released must not change. */
final class Migrations {
    private static final List<String> SCRIPTS =
            List.of("V1__meerkat.sql", "V2__nodes.sql", "V3__schedules.sql", "V4__end.sql", "V5__deadlines.sql");
    private static final int OLDEST_SERVER = 15;
    private static final int VERSION_FACTOR = 10_000;

    private Migrations() {}

    /**
     * Makes the tables, or brings them to the newest version, in one transaction. Others that do the same wait.
     *
     * @throws StoreException if the database cannot hold a store, or a newer Meerkat has written it
     */
    static void migrate(Database database) {
        try {
            boolean unused = database.transaction(db -> {
                check(database, db);
                lock(db, database.schema());
                migrate(database, db);
                return true;
            });
        } catch (SQLException e) {
            throw database.failure("cannot be opened", e);
        }
    }

    /** The version that the scripts make. */
    static int newest() {
        return SCRIPTS.size();
    }

    private static void check(Database database, DbConnection db) throws SQLException {
        int server = Integer.parseInt(db.first("SHOW server_version_num", row -> row.getString(1))
                        .orElseThrow())
                / VERSION_FACTOR;
        if (server < OLDEST_SERVER) {
            throw database.failure(
                    "cannot be opened: its server is PostgreSQL " + server + ", and at least " + OLDEST_SERVER
                            + " is needed",
                    null);
        }
        if (db.first("SELECT pg_is_in_recovery()", row -> row.getBoolean(1)).orElseThrow()) {
            throw database.failure("cannot be opened: its server is a standby, which takes no writes", null);
        }
    }

    /** Until the transaction ends, no other opening goes on. */
    static void lock(DbConnection db, String schema) throws SQLException {
        db.list("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", row -> true, "dev.meerkat.store:" + schema);
    }

    private static void migrate(Database database, DbConnection db) throws SQLException {
        String schema = database.schema();
        int version = version(db, schema);
        if (version > newest()) {
            throw database.failure(
                    "cannot be opened: it has schema version " + version
                            + ", and this version of Meerkat supports up to " + newest(),
                    null);
        }
        if (version == newest()) {
            return;
        }
        boolean there = db.first(
                        "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = ?)",
                        row -> row.getBoolean(1),
                        schema)
                .orElseThrow();
        if (!there) {
            int unused = db.update("CREATE SCHEMA " + DbConnection.quoted(schema));
        }
        try (Statement statement = db.connection().createStatement()) {
            boolean unused = statement.execute("SET LOCAL search_path = " + DbConnection.quoted(schema));
            for (String script : SCRIPTS.subList(version, SCRIPTS.size())) {
                unused = statement.execute(read(script));
            }
        }
    }

    /** The version of the tables, 0 if there are none. */
    static int version(DbConnection db, String schema) throws SQLException {
        boolean there = db.first(
                        // Not to_regclass, which may still say what it said before another process made the table.
                        "SELECT EXISTS (SELECT FROM pg_tables WHERE tablename = 'meerkat_version' AND schemaname = ?)",
                        row -> row.getBoolean(1),
                        schema)
                .orElseThrow();
        return there
                ? db.first("SELECT version FROM $.meerkat_version", row -> row.getInt(1))
                        .orElseThrow()
                : 0;
    }

    private static String read(String script) {
        try (InputStream in = Migrations.class.getResourceAsStream(script)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks " + script);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new StoreException(script + " cannot be read", e);
        }
    }
}
