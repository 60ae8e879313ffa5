package dev.meerkat.api.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    @Test
    void wordsOfAllScriptsStayAsTheyAre() {
        for (String text : new String[] {"", "a b~", "Grüße, 世界", "e\u0301", "नमस्ते", "שלום", "🐿 €"}) {
            assertThat(Printable.line(text)).isEqualTo(text);
            assertThat(Printable.isPlain(text)).isTrue();
        }
    }

    @Test
    void allControlCharactersAreEscaped() {
        IntStream.concat(IntStream.range(0, 0x20), IntStream.rangeClosed(0x7f, 0x9f))
                .forEach(c -> assertThat(Printable.line("a" + (char) c + "b"))
                        .startsWith("a\\")
                        .endsWith("b")
                        .matches("[ -~]+"));
        assertThat(Printable.line("\u001b[2J\r\n\t")).isEqualTo("\\u{1b}[2J\\r\\n\\t");
    }

    /** Direction marks, characters of no width, line separators, fillers, tags, halves of pairs, private use. */
    @ParameterizedTest
    @ValueSource(
            ints = {
                0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a,
                0x202e, 0x2060, 0x2066, 0x2069, 0x206f, 0x2800, 0x3164, 0xd800, 0xdfff, 0xe000, 0xfe0f, 0xfeff, 0xffa0,
                0xfff9, 0xffff, 0x378, 0x1d173, 0xe0001, 0xe0041, 0xe0100, 0xf0000, 0x10ffff
            })
    void whatIsNotSeenIsEscapedByItsNumber(int codePoint) {
        String text = "x" + new String(Character.toChars(codePoint)) + "y";

        assertThat(Printable.line(text)).isEqualTo("x\\u{" + Integer.toHexString(codePoint) + "}y");
        assertThat(Printable.isPlain(text)).isFalse();
    }

    @Test
    void lookAlikesDifferInAscii() {
        assertThat(Printable.ascii("\u0430gent-a")).isEqualTo("\\u{430}gent-a");
        assertThat(Printable.ascii("agent-a")).isEqualTo("agent-a");
    }

    @Test
    void aJsonDocumentStaysTheSameDocument() {
        assertThat(Printable.json("{\"a\\n\":\"\u007f\u009b\u202e\u2028\ud83d\ude00\udb40\udc41\"}"))
                .isEqualTo("{\"a\\n\":\"\\u007f\\u009b\\u202e\\u2028\ud83d\ude00\\udb40\\udc41\"}");
        assertThat(Printable.json("[1,\n\t2]")).isEqualTo("[1,  2]");
    }
}
