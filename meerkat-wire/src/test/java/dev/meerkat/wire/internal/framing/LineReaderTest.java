package dev.meerkat.wire.internal.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    /** Room for so many bytes beyond what each reader has. */
    private static final class Bounded implements LineReader.Room {
        long left;

        Bounded(long bytes) {
            left = bytes;
        }

        @Override
        public boolean take(long bytes) {
            boolean enough = bytes <= left;
            left -= enough ? bytes : 0;
            return enough;
        }

        @Override
        public void give(long bytes) {
            left += bytes;
        }
    }

    @Test
    void largeLinesShareTheirRoomAndGiveItBack() throws Exception {
        Bounded room = new Bounded(4 << 20);
        String line = "x".repeat(3 << 20) + "\n";
        LineReader first = reader(line + "{}\n", room);
        LineReader second = reader(line + "{}\n", room);

        assertThat(first.next()).isNotNull();
        assertThatThrownBy(second::next).isInstanceOf(NoRoomException.class);
        assertThat(second.begun().length()).isPositive();
        second.skip();
        assertThat(second.next()).isNotNull();
        assertThat(first.next()).isNotNull();

        second.release();
        assertThat(first.next()).isNull();
        assertThat(room.left).isEqualTo(4 << 20);
    }

    @Test
    void aLineOfTheUsualSizeNeedsNoSharedRoom() throws Exception {
        LineReader reader = reader("x".repeat(1_000_000) + "\n", new Bounded(0));

        assertThat(reader.next()).isNotNull();
    }

    private static LineReader reader(String text, LineReader.Room room) {
        return new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 8 << 20, room);
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> lines(LineReader reader) throws IOException {
        List<String> lines = new ArrayList<>();
        for (LineReader.Line line = reader.next(); line != null; line = reader.next()) {
            lines.add(text(line));
        }
        return lines;
    }

    private static String text(LineReader.Line line) {
        return new String(line.bytes(), line.offset(), line.length(), StandardCharsets.UTF_8);
    }

    /** Gives at most some bytes at a time. */
    private static InputStream dribble(byte[] bytes, Random random, int most) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(most)));
            }
        };
    }

    @Test
    void linesAreTheSameHoweverTheyCome() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                lines.add("é".repeat(random.nextInt(i % 10 == 0 ? 20_000 : 50)));
            }
            byte[] all = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
            LineReader reader = new LineReader(dribble(all, random, 1 + round * 500), 1 << 20);

            assertThat(lines(reader)).isEqualTo(lines);
            assertThat(reader.received()).isEqualTo(all.length);
            assertThat(reader.withinLine()).isFalse();
        }
    }

    @Test
    void whatHasNoEndIsGivenApartAndOnce() throws IOException {
        LineReader reader = new LineReader(bytes("one\n\ufefftw"), 10);

        assertThat(lines(reader)).containsExactly("one");
        assertThat(reader.withinLine()).isTrue();
        assertThat(text(reader.unended())).isEqualTo("tw");
        assertThat(reader.unended()).isNull();
        assertThat(reader.next()).isNull();
    }

    @Test
    void aByteOrderMarkIsNoPartOfALine() throws IOException {
        assertThat(lines(new LineReader(bytes("\ufeffa\n\ufeff\nb\ufeff\n"), 10)))
                .containsExactly("a", "", "b\ufeff");
        assertThat(new LineReader(bytes("\ufeff\r\n"), 10).next().blank()).isTrue();
    }

    @Test
    void aLineMayHaveAsManyBytesAsAllowedAndNotOneMore() throws IOException {
        assertThat(lines(new LineReader(bytes("x".repeat(10) + "\n"), 10))).hasSize(1);
        LineReader tooLong = new LineReader(bytes("x".repeat(11) + "\n"), 10);
        assertThatThrownBy(tooLong::next)
                .isInstanceOf(LineTooLongException.class)
                .hasMessage("a line is longer than 10 bytes");
        int most = 100_000;
        assertThat(lines(new LineReader(bytes("x".repeat(most) + "\n"), most))).hasSize(1);
    }

    @Test
    void aLineThatNeverEndsIsNotTakenInWhole() throws IOException {
        InputStream endless = mock(InputStream.class);
        when(endless.read(any(), anyInt(), anyInt())).thenAnswer(call -> {
            Arrays.fill(call.<byte[]>getArgument(0), (byte) 'x');
            return call.getArgument(2);
        });
        LineReader reader = new LineReader(endless, 100_000);

        assertThatThrownBy(reader::next).isInstanceOf(LineTooLongException.class);
        assertThat(reader.received()).isLessThan(150_000);
    }

    @Test
    void blankLinesAreSeen() throws IOException {
        assertThat(new LineReader(bytes(" \t\r\n"), 10).next().blank()).isTrue();
        assertThat(new LineReader(bytes(" x\n"), 10).next().blank()).isFalse();
    }

    @Test
    void aLineThatIsTooLongCanBeSkippedWithWhatFollowsKept() throws IOException {
        Random random = new Random(11);
        String all = "one\n" + "x".repeat(50_000) + "\ntwo\n" + "y".repeat(20) + "\nthree\n";
        LineReader reader = new LineReader(dribble(all.getBytes(StandardCharsets.UTF_8), random, 700), 10);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            try {
                LineReader.Line line = reader.next();
                seen.add(new String(line.bytes(), line.offset(), line.length(), StandardCharsets.UTF_8));
            } catch (LineTooLongException e) {
                LineReader.Line begun = reader.begun();
                seen.add(begun.length() + ">" + (char) begun.bytes()[begun.offset()]);
                reader.skip();
            }
        }

        assertThat(seen).hasSize(5);
        assertThat(seen.get(0)).isEqualTo("one");
        assertThat(seen.get(1)).matches("\\d+>x");
        assertThat(seen.get(2)).isEqualTo("two");
        assertThat(seen.get(3)).matches("\\d+>y");
        assertThat(seen.get(4)).isEqualTo("three");
        assertThat(reader.next()).isNull();
        assertThat(reader.received()).isEqualTo(all.length());
    }

    @Test
    void skippingEndsWhereEverythingEnds() throws IOException {
        LineReader reader = new LineReader(bytes("x".repeat(30)), 10);
        assertThatThrownBy(reader::next).isInstanceOf(LineTooLongException.class);

        reader.skip();

        assertThat(reader.next()).isNull();
        assertThat(reader.withinLine()).isFalse();
    }
}
