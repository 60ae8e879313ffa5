package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LinesTest {
    private static Lines of(String text) {
        return new Lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 8);
    }

    @Test
    void linesEndWithEitherEndOrWithTheInput() throws IOException {
        Lines lines = of("one\r\n\nthree");
        assertThat(lines.next()).contains("one");
        assertThat(lines.next()).contains("");
        assertThat(lines.next()).contains("three");
        assertThat(lines.next()).isEmpty();
    }

    @Test
    void aLineOverTheBoundIsCutAndTheNextIsWhole() throws IOException {
        Lines lines = of("123456789\n12345678\n");
        assertThat(lines.next()).contains("12345678");
        assertThat(lines.isCut()).isTrue();
        assertThat(lines.next()).contains("12345678");
        assertThat(lines.isCut()).isFalse();
        assertThat(lines.number()).isEqualTo(2);
    }
}
