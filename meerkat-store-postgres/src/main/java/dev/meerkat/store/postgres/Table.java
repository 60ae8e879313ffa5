package dev.meerkat.store.postgres;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows that one statement writes, each column as one array. Confined to one thread. */
final class Table {
    private final String sql;
    private final List<DbConnection.Column> columns = new ArrayList<>();

    /** A statement that has one parameter for each column. */
    Table(String sql, String... types) {
        this.sql = sql;
        for (String type : types) {
            columns.add(new DbConnection.Column(type));
        }
    }

    /** An insert; {@code conflict} says what happens to rows that are there. */
    Table(String name, String[] columns, String[] types, String conflict) {
        this(
                "INSERT INTO $." + name + " (" + String.join(", ", columns) + ") SELECT * FROM " + unnest(types) + " u"
                        + conflict,
                types);
    }

    static Table insert(String name, String columns, String types) {
        return insert(name, columns, types, "");
    }

    static Table insert(String name, String columns, String types, String conflict) {
        return new Table(name, columns.split(" "), types.split(" "), conflict);
    }

    /** The rows as a table of a query, with one parameter for each column. */
    static String unnest(String... types) {
        return Arrays.stream(types).map(type -> "?::" + type + "[]").collect(Collectors.joining(", ", "unnest(", ")"));
    }

    void row(@Nullable Object... values) {
        for (int i = 0; i < values.length; i++) {
            columns.get(i).add(values[i]);
        }
    }

    boolean isEmpty() {
        return columns.get(0).isEmpty();
    }

    void writeTo(Statements script) {
        if (!isEmpty()) {
            script.add(sql, columns.toArray());
        }
    }

    /** The same for a query. */
    void writeTo(Statements script, Statements.Rows reader) {
        if (!isEmpty()) {
            script.query(sql, reader, columns.toArray());
        }
    }
}
