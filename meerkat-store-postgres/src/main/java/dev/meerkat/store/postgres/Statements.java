package dev.meerkat.store.postgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements that go to the server as one message, and whose answers come as one. Confined to one thread. */
final class Statements {
    private static final Rows NO_ROWS = row -> {};

    /** Reads the rows of one statement. */
    @FunctionalInterface
    interface Rows {
        void read(ResultSet row) throws SQLException;
    }

    private final StringBuilder sql = new StringBuilder();
    private final List<@Nullable Object> arguments = new ArrayList<>();
    private final List<Rows> readers = new ArrayList<>();

    /** Adds a statement whose rows, if it has any, are of no interest. */
    void add(String statement, @Nullable Object... values) {
        query(statement, NO_ROWS, values);
    }

    /** Adds a statement that gives rows. */
    void query(String statement, Rows reader, @Nullable Object... values) {
        sql.append(sql.length() == 0 ? "" : "; ").append(statement);
        arguments.addAll(Arrays.asList(values));
        readers.add(reader);
    }

    void run(DbConnection db) throws SQLException {
        if (readers.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = db.prepare(sql.toString(), arguments)) {
            boolean rows = statement.execute();
            for (Rows reader : readers) {
                if (rows) {
                    try (ResultSet row = statement.getResultSet()) {
                        while (row.next()) {
                            reader.read(row);
                        }
                    }
                }
                rows = statement.getMoreResults();
            }
        }
    }
}
