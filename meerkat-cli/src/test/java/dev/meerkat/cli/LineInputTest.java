package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LineInputTest {
    private static LineInput of(String text) {
        return new LineInput(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 8);
    }

    @Test
    void linesEndWithEitherEndOrWithTheInput() throws IOException {
        LineInput lines = of("one\r\n\nthree");
        assertThat(lines.next()).contains("one");
        assertThat(lines.next()).contains("");
        assertThat(lines.next()).contains("three");
        assertThat(lines.next()).isEmpty();
    }

    @Test
    void aLineOverTheBoundIsCutAndTheNextIsWhole() throws IOException {
        LineInput lines = of("123456789\n12345678\n");
        assertThat(lines.next()).contains("12345678");
        assertThat(lines.problem()).contains("is over the limit of 8 bytes");
        assertThat(lines.next()).contains("12345678");
        assertThat(lines.problem()).isEmpty();
        assertThat(lines.number()).isEqualTo(2);
    }

    @Test
    void aByteOrderMarkIsNoPartOfALine() throws IOException {
        LineInput lines = of("\ufeffone\r\n\ufeff\ntw\ufeff");
        assertThat(lines.next()).contains("one");
        assertThat(lines.next()).contains("");
        assertThat(lines.next()).contains("tw\ufeff");
    }

    @Test
    void aLineThatIsNotUtf8IsSaidToBeAndTheNextIsWhole() throws IOException {
        LineInput lines =
                new LineInput(new ByteArrayInputStream("caf\u00e9\nfour\n".getBytes(StandardCharsets.ISO_8859_1)), 8);
        assertThat(lines.next()).isPresent();
        assertThat(lines.problem()).contains("is not UTF-8");
        assertThat(lines.next()).contains("four");
        assertThat(lines.problem()).isEmpty();
    }
}
