package dev.meerkat.core.internal.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.SessionFileException;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.Out;
import dev.meerkat.wire.internal.framing.LineReader;
import dev.meerkat.wire.internal.framing.LineTooLongException;
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

        /** Writes lines there, which is not closed. */
        public Writer(OutputStream out) {
            this.out = out;
        }

        /**
         * Writes the next part.
         *
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

        /** Says that this is all. */
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
        private final LineReader lines;
        private final CRC32C sum = new CRC32C();
        private long line;
        private long bytes;

        /** Reads lines from there, which is not closed. */
        public Reader(InputStream in) {
            this.lines = new LineReader(in, LINE_BYTES);
        }

        /** How many bytes of lines were read. */
        public long bytes() {
            return bytes;
        }

        /**
         * Reads the first line.
         *
         * @throws SessionFileException if it is no head
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
         * Reads the next part, which must fit into an order; null if that was all.
         *
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
            if (moreFollows()) {
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

        private boolean moreFollows() throws IOException {
            try {
                return lines.next() != null || lines.withinLine();
            } catch (LineTooLongException e) {
                return true;
            }
        }

        private Node object() throws IOException {
            LineReader.Line read = line();
            int content = read.length() - SUM_BYTES;
            if (content < 1 || !is(SUM, read, content) || !is(SUM_END, read, read.length() - SUM_END.length)) {
                throw problem(
                        line == 1 ? "does not begin an exported session" : "is cut or changed: it has no checksum",
                        null);
            }
            sum.update(read.bytes(), read.offset(), content);
            if (!is(digits(sum), read, content + SUM.length)) {
                throw problem("is damaged, or a line before it is missing: its checksum is another", null);
            }
            byte[] object = Arrays.copyOfRange(read.bytes(), read.offset(), read.offset() + content + 1);
            object[content] = '}';
            bytes += read.length() + 1;
            try {
                return Node.parse(object);
            } catch (IOException e) {
                throw problem("is no JSON: " + e.getMessage(), e);
            }
        }

        private static boolean is(byte[] expected, LineReader.Line line, int at) {
            int from = line.offset() + at;
            return Arrays.equals(line.bytes(), from, from + expected.length, expected, 0, expected.length);
        }

        private LineReader.Line line() throws IOException {
            line++;
            LineReader.Line next;
            try {
                next = lines.next();
            } catch (LineTooLongException e) {
                throw problem("is longer than " + LINE_BYTES + " bytes", e);
            }
            if (next == null) {
                throw problem(
                        lines.withinLine()
                                ? "is cut: the file ends in it"
                                : "is missing: the file ends before the session does",
                        null);
            }
            return next;
        }
    }
}
