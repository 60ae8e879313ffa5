package dev.meerkat.wire.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.JsonBinder;
import dev.meerkat.api.JsonCodec;
import dev.meerkat.api.Limits;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JacksonJsonCodecTest {
    private final JsonCodec codec = new JacksonJsonCodec();

    /** Public, since the module does not open the package to Jackson. */
    public record Marks(long prompt, long queued, long steered, long passive, long external) {}

    @Test
    void isTheInstalledCodec() {
        assertThat(JsonCodec.installed()).isInstanceOf(JacksonJsonCodec.class);
    }

    @Test
    void normalizingTakesOutWhiteSpaceOnly() {
        assertThat(codec.normalize(" { \"b\" : [ 1 , true , null , \"x y\" ] ,\n\t\"a\" : { } } "))
                .isEqualTo("{\"b\":[1,true,null,\"x y\"],\"a\":{}}");
    }

    @Test
    void whatIsCutOffIsToldWithoutWordsOfTheParser() {
        assertThatThrownBy(() -> codec.normalize("{\"a\":1"))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining("Unexpected end-of-input")
                .hasMessageNotContaining("REDACTED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.10",
                "1e400",
                "1E+5",
                "-0",
                "-0.0",
                "0.10e-7",
                "123456789012345678901234567890",
                "3.141592653589793238462643383279",
                "null",
                "true",
                "\"\"",
                "\"\u00e9\ud83d\ude00\"",
                "{\"n\":[1.10,1e400]}"
            })
    void normalizingKeepsTheDigitsOfNumbersAndTheCharactersOfStrings(String text) {
        assertThat(codec.normalize(text)).isEqualTo(text);
    }

    @Test
    void aNumberMayBeAsLongAsAMessage() {
        String number = "7".repeat(Limits.MESSAGE_BYTES);

        assertThat(Json.parse(number).text()).isEqualTo(number);
    }

    @Test
    void theSameStringWrittenDifferentlyIsOneText() {
        assertThat(codec.normalize("\"\\u0041\\/\\ud83d\\ude00\"")).isEqualTo("\"A/\ud83d\ude00\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "[1,]",
                "{\"a\":1,}",
                "{a:1}",
                "'a'",
                "01",
                "+1",
                ".5",
                "1.",
                "NaN",
                "Infinity",
                "nul",
                "\"a\nb\"",
                "\"\\x\"",
                "1 2",
                "{} []",
                "null x",
                "// c\n1",
                "{\"a\":1,\"a\":2}",
                "{\"o\":{\"a\":1,\"b\":2,\"\\u0061\":3}}",
                "\"\\ud800\"",
                "\"\\udc00\\ud800\"",
                "{\"\\ud800\":1}",
                "\ufeff1"
            })
    void whatIsNotExactlyOneStrictValueIsRefusedAndNamed(String text) {
        assertThatThrownBy(() -> codec.normalize(text))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("json"));
    }

    @Test
    void nestingIsLimited() {
        String deepest = "[".repeat(Limits.JSON_DEPTH) + "]".repeat(Limits.JSON_DEPTH);
        String deeper = "[" + deepest + "]";
        String deeperObjects = "{\"a\":".repeat(Limits.JSON_DEPTH + 1) + "1" + "}".repeat(Limits.JSON_DEPTH + 1);

        assertThat(codec.normalize(deepest)).isEqualTo(deepest);
        assertThatThrownBy(() -> codec.normalize(deeper)).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> codec.normalize(deeperObjects)).isInstanceOf(InvalidFieldException.class);
    }

    @Test
    void aRefusalTellsThePlaceAndStaysOneShortLine() {
        assertThatThrownBy(() -> codec.normalize("{\"a\":\n  }" + " ".repeat(1_000)))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining("line 2, column 3")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(500));
    }

    @Test
    void javaValuesAreWritten() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "a\"b");
        value.put("numbers", List.of(1, 2.5, new BigDecimal("1.10"), new BigInteger("12345678901234567890")));
        value.put("none", null);
        value.put("json", Json.parse("{\"n\":1.10}"));
        value.put("marks", new Marks(1, 2, 3, 4, 5));

        assertThat(codec.write(value))
                .isEqualTo("{\"text\":\"a\\\"b\",\"numbers\":[1,2.5,1.10,12345678901234567890],\"none\":null,"
                        + "\"json\":{\"n\":1.10},\"marks\":{\"prompt\":1,\"queued\":2,\"steered\":3,\"passive\":4,"
                        + "\"external\":5}}");
        assertThat(codec.write(null)).isEqualTo("null");
    }

    @Test
    void modulesOfJacksonThatAreThereKnowMoreTypes() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("at", Instant.parse("2026-11-30T10:15:30Z"));
        value.put("took", Duration.ofMillis(1_500));
        value.put("none", Optional.empty());

        String text = codec.write(value);

        assertThat(text).isEqualTo("{\"at\":\"2026-11-30T10:15:30Z\",\"took\":\"PT1.5S\",\"none\":null}");
        assertThat(codec.read("\"2026-11-30T10:15:30Z\"", Instant.class)).isEqualTo(value.get("at"));
    }

    @Test
    void aBinderThatIsInstalledWritesAndReadsJavaTypesAndNothingElse() {
        JsonBinder binder = new JsonBinder() {
            @Override
            public String write(@Nullable Object value) {
                return "\"bound\"";
            }

            @Override
            public <T> T read(String text, Class<T> type) {
                return type.cast("bound " + text);
            }
        };
        JsonCodec bound = new JacksonJsonCodec(List.of(binder));

        assertThat(bound.write(1)).isEqualTo("\"bound\"");
        assertThat(bound.read("1", String.class)).isEqualTo("bound 1");
        assertThat(bound.normalize("{ \"a\" : 1 }")).isEqualTo("{\"a\":1}");
        assertThatThrownBy(() -> new JacksonJsonCodec(List.of(binder, binder)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(JsonBinder.class.getName());
    }

    @Test
    void valuesThatJsonHasNoFormForAreRefused() {
        List<Object> cyclic = new ArrayList<>();
        cyclic.add(cyclic);

        assertThatThrownBy(() -> codec.write(new Object())).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> codec.write(cyclic)).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> Json.of(Double.NaN)).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> Json.of(Map.of("a", "\ud800"))).isInstanceOf(InvalidFieldException.class);
    }

    @Test
    void javaValuesAreReadWithTheirDigits() {
        Map<?, ?> read = codec.read("{\"a\":1.10,\"b\":[1,12345678901234567890],\"c\":null}", Map.class);

        assertThat(read.get("a")).isEqualTo(new BigDecimal("1.10"));
        assertThat(read.get("b")).isEqualTo(Arrays.asList(1, new BigInteger("12345678901234567890")));
        assertThat(read.containsKey("c")).isTrue();
        assertThat(codec.read("[{\"x\": 1.10}]", Json[].class)).containsExactly(Json.parse("{\"x\":1.10}"));
        assertThat(codec.read("\"a\"", String.class)).isEqualTo("a");
        assertThat(codec.read("1.5", Double.class)).isEqualTo(1.5);
    }

    @Test
    void recordsAreReadAndUnknownFieldsIgnored() {
        String text = "{\"prompt\":1,\"queued\":2,\"steered\":3,\"passive\":4,\"external\":5,\"new\":{}}";

        assertThat(codec.read(text, Marks.class)).isEqualTo(new Marks(1, 2, 3, 4, 5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java.lang.Integer | \"5\"",
                "java.lang.Integer | 5.5",
                "java.lang.Integer | 12345678901234567890",
                "java.lang.String  | 5",
                "java.lang.String  | true",
                "java.lang.String  | null",
                "java.lang.Boolean | 1",
                "java.util.Map     | []",
                "java.util.List    | {}",
                "dev.meerkat.wire.internal.JacksonJsonCodecTest$Marks | {\"prompt\":1}"
            })
    void anotherShapeIsRefusedAndNotConverted(String type, String text) throws ClassNotFoundException {
        Class<?> wanted = Class.forName(type);

        assertThatThrownBy(() -> codec.read(text, wanted))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining(type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``          | {\"a\":{\"b\":[10,1.10,{\"c\":null}]},\"\":1,\"m~n\":2,\"x/y\":3,\"0\":4}",
                "/a/b/0      | 10",
                "/a/b/1      | 1.10",
                "/a/b/2      | {\"c\":null}",
                "/a/b/2/c    | null",
                "/           | 1",
                "/m~0n       | 2",
                "/x~1y       | 3",
                "/0          | 4"
            })
    void aPointerFindsItsPart(String pointer, String part) {
        assertThat(codec.at(DOCUMENT, pointer)).contains(part);
    }

    private static final String DOCUMENT = "{\"a\":{\"b\":[10,1.10,{\"c\":null}]},\"\":1,\"m~n\":2,\"x/y\":3,\"0\":4}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nope",
                "/a/b/3",
                "/a/b/-",
                "/a/b/01",
                "/a/b/x",
                "/a/b/99999999999",
                "/a/b/0/0",
                "/a/b/2/c/d",
                "/a//b"
            })
    void aPointerToNothingFindsNothing(String pointer) {
        assertThat(codec.at(DOCUMENT, pointer)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "#/a", "/a~", "/a~2b", " /a"})
    void aMalformedPointerIsRefused(String pointer) {
        assertThatThrownBy(() -> codec.at(DOCUMENT, pointer))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("pointer"));
    }
}
