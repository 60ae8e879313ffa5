package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The row that a query stands on. What cannot be read in it is named by table, row and column.
 *
 * @param columns the query
 * @param table the table that most of the row is from
 * @param owner whose row it is, such as a session and its id
 * @param number the column that tells the rows of this owner apart, or 0 if there is only one
 */
record Row(ResultSet columns, String table, String owner, int number) {
    private static final int UUID_BYTES = 2 * Long.BYTES;

    /** Makes a value of a column. */
    @FunctionalInterface
    private interface Reading<T> {
        T read() throws SQLException;
    }

    boolean next() throws SQLException {
        return columns.next();
    }

    boolean isNull(int column) throws SQLException {
        return columns.getObject(column) == null;
    }

    byte[] bytes(int column) throws SQLException {
        return reading(column, () -> there(columns.getBytes(column)));
    }

    String text(int column) throws SQLException {
        String text = columns.getString(column);
        if (text == null) {
            throw damaged(column, new IllegalArgumentException("it is empty"));
        }
        return text;
    }

    UUID uuid(int column) throws SQLException {
        return reading(column, () -> {
            byte[] bytes = there(columns.getBytes(column));
            if (bytes.length != UUID_BYTES) {
                throw new IllegalArgumentException("it has " + bytes.length + " bytes instead of " + UUID_BYTES);
            }
            return Codes.uuid(bytes);
        });
    }

    long number(int column) throws SQLException {
        long value = columns.getLong(column);
        // What is no number is read as 0 too.
        if (value == 0 && !(columns.getObject(column) instanceof Number)) {
            throw damaged(column, new IllegalArgumentException("it is no number"));
        }
        return value;
    }

    boolean flag(int column) throws SQLException {
        return number(column) != 0;
    }

    Instant instant(int column) throws SQLException {
        return StoredNumbers.instant(number(column));
    }

    /** What a codec makes of the bytes in a column. */
    <T> T decoded(int column, Function<byte[], T> codec) throws SQLException {
        return reading(column, () -> codec.apply(there(columns.getBytes(column))));
    }

    private static byte[] there(byte @Nullable [] bytes) {
        if (bytes == null) {
            throw new IllegalArgumentException("it is empty");
        }
        return bytes;
    }

    private <T> T reading(int column, Reading<T> reading) throws SQLException {
        try {
            return reading.read();
        } catch (RuntimeException e) {
            throw damaged(column, e);
        }
    }

    /** The error that names a column of this row. */
    StoreException damaged(int column, RuntimeException cause) throws SQLException {
        String row = number == 0 ? "" : ", " + name(number) + " " + columns.getString(number);
        return new StoreException(
                "has a damaged row: table " + table + ", " + owner + row + ", column " + name(column) + ": "
                        + cause.getMessage(),
                cause);
    }

    private String name(int column) throws SQLException {
        return columns.getMetaData().getColumnName(column);
    }
}
