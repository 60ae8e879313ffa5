package dev.meerkat.store.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/**
 * A connection, and short ways to use it. In SQL, {@code $.} stands for the store's schema. Confined to one thread.
 *
 * @param connection the connection
 * @param schema the schema
 * @param threshold what the connection is given back with: how often a statement runs before the driver prepares it
 * @param prepares whether statements are prepared on the server: not where the next one may run on another of its
 *     connections
 */
record DbConnection(Connection connection, String schema, int threshold, boolean prepares) {
    private static final int QUERY_SECONDS = 30;
    /** What is seldom done is not kept by the server. */
    private static final int PREPARED_FROM = 5;

    /**
     * Reads a row.
     *
     * @param <T> what it reads
     */
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    PreparedStatement prepare(String sql, List<? extends @Nullable Object> arguments) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql.replace("$.", quoted(schema) + "."));
        boolean bound = false;
        try {
            statement.unwrap(PGStatement.class).setPrepareThreshold(prepares ? PREPARED_FROM : 0);
            for (int i = 0; i < arguments.size(); i++) {
                statement.setObject(i + 1, sql(arguments.get(i)));
            }
            bound = true;
            return statement;
        } finally {
            if (!bound) {
                statement.close();
            }
        }
    }

    private @Nullable Object sql(@Nullable Object argument) throws SQLException {
        return argument instanceof Column column ? array(column) : argument;
    }

    private Array array(Column column) throws SQLException {
        return connection.createArrayOf(column.type, column.array());
    }

    /** Values that travel as one array. */
    static final class Column {
        private final String type;
        private final List<@Nullable Object> values = new ArrayList<>();

        Column(String type) {
            this.type = type;
        }

        void add(@Nullable Object value) {
            values.add(value);
        }

        boolean isEmpty() {
            return values.isEmpty();
        }

        /** As an array of the type's own class, which the driver sends in binary form. */
        private @Nullable Object[] array() {
            return switch (type) {
                case "int8" -> longs();
                case "int2" -> shorts();
                case "bool" -> values.toArray(new Boolean[0]);
                case "bytea" -> values.toArray(new byte[0][]);
                default -> values.toArray();
            };
        }

        private @Nullable Long[] longs() {
            @Nullable Long[] longs = new Long[values.size()];
            for (int i = 0; i < longs.length; i++) {
                longs[i] = values.get(i) instanceof Number number ? Long.valueOf(number.longValue()) : null;
            }
            return longs;
        }

        private @Nullable Short[] shorts() {
            @Nullable Short[] shorts = new Short[values.size()];
            for (int i = 0; i < shorts.length; i++) {
                shorts[i] = values.get(i) instanceof Number number ? Short.valueOf(number.shortValue()) : null;
            }
            return shorts;
        }
    }

    <T> List<T> list(String sql, Reader<T> reader, @Nullable Object... arguments) throws SQLException {
        List<@Nullable Object> all = new ArrayList<>();
        for (Object argument : arguments) {
            all.add(argument);
        }
        return list(sql, reader, all);
    }

    <T> List<T> list(String sql, Reader<T> reader, List<@Nullable Object> arguments) throws SQLException {
        try (PreparedStatement statement = prepare(sql, arguments)) {
            statement.setQueryTimeout(QUERY_SECONDS);
            List<T> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(reader.read(row));
                }
            }
            return rows;
        }
    }

    <T> Optional<T> first(String sql, Reader<T> reader, @Nullable Object... arguments) throws SQLException {
        return list(sql, reader, arguments).stream().findFirst();
    }

    int update(String sql, @Nullable Object... arguments) throws SQLException {
        List<@Nullable Object> all = new ArrayList<>();
        for (Object argument : arguments) {
            all.add(argument);
        }
        try (PreparedStatement statement = prepare(sql, all)) {
            statement.setQueryTimeout(QUERY_SECONDS);
            return statement.executeUpdate();
        }
    }

    static UUID uuid(ResultSet row, int column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Half of a SHA-256 stands for a key; nobody can find two with the same. */
    static UUID hash(String key) {
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(utf8(key)));
            return new UUID(digest.getLong(), digest.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
