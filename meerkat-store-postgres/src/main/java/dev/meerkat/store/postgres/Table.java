package dev.meerkat.store.postgres;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows that one statement writes, each column as one array. Its SQL is made when there is a row. Confined to one thread. */
final class Table {
    private final Supplier<String> sql;
    private final Supplier<String[]> types;
    private List<DbConnection.Column> columns = List.of();

    private Table(Supplier<String> sql, Supplier<String[]> types) {
        this.sql = sql;
        this.types = types;
    }

    /** A statement that has one parameter for each column. */
    Table(String sql, String... types) {
        this(() -> sql, () -> types);
    }

    static Table insert(String name, String columns, String types) {
        return insert(name, columns, types, "");
    }

    /** An insert; {@code conflict} says what happens to rows that are there. */
    static Table insert(String name, String columns, String types, String conflict) {
        return new Table(
                () -> "INSERT INTO $." + name + " (" + columns.replace(" ", ", ") + ") SELECT * FROM "
                        + unnest(types.split(" ")) + " u" + conflict,
                () -> types.split(" "));
    }

    /** The rows as a table of a query, with one parameter for each column. */
    static String unnest(String... types) {
        return Arrays.stream(types).map(type -> "?::" + type + "[]").collect(Collectors.joining(", ", "unnest(", ")"));
    }

    void row(@Nullable Object... values) {
        if (columns.isEmpty()) {
            columns = Stream.of(types.get()).map(DbConnection.Column::new).toList();
        }
        for (int i = 0; i < values.length; i++) {
            columns.get(i).add(values[i]);
        }
    }

    boolean isEmpty() {
        return columns.isEmpty();
    }

    void writeTo(Statements script) {
        if (!isEmpty()) {
            script.add(sql.get(), columns.toArray());
        }
    }

    /** The same for a query. */
    void writeTo(Statements script, Statements.Rows reader) {
        if (!isEmpty()) {
            script.query(sql.get(), reader, columns.toArray());
        }
    }
}
