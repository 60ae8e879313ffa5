package dev.meerkat.store.sqlite;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The form of changes in the journal: the code of the statement, how many arguments, and each with its type. */
final class ChangeForm {
    private static final byte NULL = 0;
    private static final byte NUMBER = 1;
    private static final byte BYTES = 2;
    private static final byte TEXT = 3;

    private ChangeForm() {}

    /** At least as many bytes as a change takes. */
    static int bound(Change change) {
        int bound = 2;
        for (Object argument : change.arguments()) {
            bound += 1 + Long.BYTES;
            if (argument instanceof byte[] bytes) {
                bound += bytes.length;
            } else if (argument instanceof String text) {
                // One char is at most three bytes.
                bound = Math.addExact(bound, Math.multiplyExact(3, text.length()));
            }
        }
        return bound;
    }

    static void write(Change change, ByteBuffer out) {
        out.put(change.what().code).put((byte) change.arguments().length);
        for (Object argument : change.arguments()) {
            write(argument, out);
        }
    }

    private static void write(@Nullable Object argument, ByteBuffer out) {
        if (argument == null) {
            out.put(NULL);
        } else if (argument instanceof byte[] bytes) {
            out.put(BYTES).putInt(bytes.length).put(bytes);
        } else if (argument instanceof String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.put(TEXT).putInt(bytes.length).put(bytes);
        } else {
            out.put(NUMBER).putLong(number(argument));
        }
    }

    /** How a number or a flag is stored. */
    static long number(Object argument) {
        if (argument instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        return ((Number) argument).longValue();
    }

    /** Reads all changes up to the end of a buffer; {@link IllegalArgumentException} if they are none. */
    static List<Change> read(ByteBuffer in) {
        try {
            List<Change> changes = new ArrayList<>();
            while (in.hasRemaining()) {
                RowChange what = RowChange.of(in.get());
                @Nullable Object[] arguments = new @Nullable Object[in.get()];
                for (int i = 0; i < arguments.length; i++) {
                    arguments[i] = argument(in);
                }
                changes.add(new Change(what, arguments));
            }
            return changes;
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw new IllegalArgumentException("it ends too early", e);
        }
    }

    private static @Nullable Object argument(ByteBuffer in) {
        byte type = in.get();
        return switch (type) {
            case NULL -> null;
            case NUMBER -> in.getLong();
            case BYTES -> bytes(in);
            case TEXT -> new String(bytes(in), StandardCharsets.UTF_8);
            default -> throw new IllegalArgumentException("there is no type " + type);
        };
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("it has a value of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
