package dev.meerkat.core.internal.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.SessionFileException;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.Out;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A session as lines of JSON: one for each part, and one that ends them. The last field of each line is a checksum (CRC32C) of all
 * bytes before it, also of the lines before, without their line ends.
 */
public final class SessionLines {
    private static final int FORMAT = 1;
    /** Far more than any part has; it keeps a file without line ends from filling the memory. */
    private static final int LINE_BYTES = 64 << 20;

    private static final byte[] SUM = ",\"sum\":\"".getBytes(US_ASCII);
    private static final byte[] SUM_END = "\"}".getBytes(US_ASCII);
    private static final int SUM_DIGITS = 8;
    private static final int SUM_BYTES = SUM.length + SUM_DIGITS + SUM_END.length;
    private static final String END = "end";

    private SessionLines() {}

    private static byte[] digits(CRC32C sum) {
        return HexFormat.of().toHexDigits((int) sum.getValue()).getBytes(US_ASCII);
    }

    /** Writes them. Not thread-safe. */
    public static final class Writer {
        private final OutputStream out;
        private final CRC32C sum = new CRC32C();
        private long lines;

        /**
         * Writes lines there.
         *
         * @param out not closed
         */
        public Writer(OutputStream out) {
            this.out = out;
        }

        /**
         * Writes a part.
         *
         * @param part the next one
         * @throws UncheckedIOException if it cannot be written
         * @throws StoreException if it is too large
         */
        public void part(SessionPart part) {
            try {
                line(fields -> {
                    if (part instanceof SessionPart.Head) {
                        fields.number("format", FORMAT);
                    }
                    PartForm.write(fields, part);
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /**
         * Says that this is all.
         *
         * @throws IOException if it cannot be written
         */
        public void end() throws IOException {
            line(fields -> fields.text("kind", END).number("parts", lines));
            out.flush();
        }

        private void line(Consumer<Out> fields) throws IOException {
            byte[] object = Out.object(fields);
            int content = object.length - 1;
            if (content + SUM_BYTES > LINE_BYTES) {
                throw new StoreException(
                        "a part of the session has " + content + " bytes, and no more than " + LINE_BYTES
                                + " can be exported",
                        null);
            }
            sum.update(object, 0, content);
            out.write(object, 0, content);
            out.write(SUM);
            out.write(digits(sum));
            out.write(SUM_END);
            out.write('\n');
            lines++;
        }
    }

    /** Reads them. Not thread-safe. */
    public static final class Reader {
        private final InputStream in;
        private final CRC32C sum = new CRC32C();
        private byte[] buffer = new byte[64 << 10];
        private int start;
        private int end;
        private long line;
        private long bytes;

        /**
         * Reads lines from there.
         *
         * @param in not closed
         */
        public Reader(InputStream in) {
            this.in = in;
        }

        /**
         * How much was read.
         *
         * @return bytes of lines
         */
        public long bytes() {
            return bytes;
        }

        /**
         * Reads the first line.
         *
         * @return the head
         * @throws IOException if it cannot be read
         * @throws SessionFileException if it is none
         */
        public SessionPart.Head head() throws IOException {
            Node first = object();
            if (!first.has("format") || !first.has("kind")) {
                throw problem("does not begin an exported session", null);
            }
            return reading(() -> {
                if (first.number("format") != FORMAT) {
                    throw new Node.Malformed(
                            "field format is " + first.number("format") + ", and this version reads " + FORMAT);
                }
                if (PartForm.read(first) instanceof SessionPart.Head head) {
                    return head;
                }
                throw new Node.Malformed("field kind is not session");
            });
        }

        /**
         * Reads the next line.
         *
         * @param order what the part must fit into
         * @return the part, or null if that was all
         * @throws IOException if it cannot be read
         * @throws SessionFileException if it is not as it should be, or the file ends without saying so
         */
        public @Nullable SessionPart next(PartOrder order) throws IOException {
            Node next = object();
            boolean last = reading(() -> next.text("kind").equals(END));
            if (!last) {
                return reading(() -> {
                    SessionPart part = PartForm.read(next);
                    order.follows(part);
                    return part;
                });
            }
            boolean unused = reading(() -> {
                if (next.number("parts") != line - 1) {
                    throw new Node.Malformed(
                            "field parts is " + next.number("parts") + ", and there are " + (line - 1));
                }
                order.end();
                return true;
            });
            if (start < end || fill()) {
                line++;
                throw problem("comes after the end of the session", null);
            }
            return null;
        }

        /** Makes something of a line. */
        private interface Reading<T> {
            T read();
        }

        private <T> T reading(Reading<T> reading) {
            try {
                return reading.read();
            } catch (Node.Malformed | InvalidFieldException | ArithmeticException | IllegalArgumentException e) {
                throw problem("is not as it should be: " + e.getMessage(), e);
            }
        }

        private SessionFileException problem(String problem, @Nullable Throwable cause) {
            return new SessionFileException(line, problem, cause);
        }

        private Node object() throws IOException {
            int length = length();
            int content = length - SUM_BYTES;
            if (content < 1 || !is(SUM, start + content) || !is(SUM_END, start + length - SUM_END.length)) {
                throw problem(
                        line == 1 ? "does not begin an exported session" : "is cut or changed: it has no checksum",
                        null);
            }
            sum.update(buffer, start, content);
            if (!is(digits(sum), start + content + SUM.length)) {
                throw problem("is damaged, or a line before it is missing: its checksum is another", null);
            }
            byte[] object = Arrays.copyOfRange(buffer, start, start + content + 1);
            object[content] = '}';
            start += length + 1;
            bytes += length + 1;
            try {
                return Node.parse(object);
            } catch (IOException e) {
                throw problem("is no JSON: " + e.getMessage(), e);
            }
        }

        private boolean is(byte[] expected, int at) {
            return Arrays.equals(buffer, at, at + expected.length, expected, 0, expected.length);
        }

        /** The length of the next line, which is in the buffer then. */
        private int length() throws IOException {
            line++;
            int seen = 0;
            while (true) {
                for (int i = start + seen; i < end; i++) {
                    if (buffer[i] == '\n') {
                        return i - start;
                    }
                }
                seen = end - start;
                if (seen > LINE_BYTES) {
                    throw problem("is longer than " + LINE_BYTES + " bytes", null);
                }
                if (!fill()) {
                    throw problem(
                            seen == 0
                                    ? "is missing: the file ends before the session does"
                                    : "is cut: the file ends in it",
                            null);
                }
            }
        }

        /** Reads on; false at the end of the file. */
        private boolean fill() throws IOException {
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                end -= start;
                start = 0;
            }
            if (end == buffer.length) {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
            int count = in.read(buffer, end, buffer.length - end);
            end += Math.max(0, count);
            return count > 0;
        }
    }
}
