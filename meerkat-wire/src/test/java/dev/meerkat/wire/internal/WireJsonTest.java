package dev.meerkat.wire.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireJsonTest {

    private static JsonNode read(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return WireJson.read(bytes, 0, bytes.length);
    }

    private static String written(JsonNode tree) {
        return new String(WireJson.write(tree), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":[1,2.50,-0.5,true,null,\"x\"]}",
                "12345678901234567890123456789012345678901234567890",
                "0.1000000000000000000000000000000000000000001",
                "1E+400",
                "1e-7",
                "1E5",
                "-0",
                "1e99999999999",
                "9223372036854775807",
                "9223372036854775808",
                "\"\u00e4\u20ac\ud83d\ude00\\n\\\"\"",
                "{}",
                "[]"
            })
    void whatIsReadIsWrittenAlike(String text) throws IOException {
        assertThat(written(read(text))).isEqualTo(text);
    }

    @Test
    void readsAPartOfABuffer() throws IOException {
        byte[] line = "xx{\"a\":1}yy".getBytes(StandardCharsets.UTF_8);
        assertThat(WireJson.read(line, 2, 7).path("a").intValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "[1,",
                "{\"a\":1,\"a\":2}",
                "{\"x\":{\"a\":1,\"a\":2}}",
                "1 2",
                "{} {}",
                "{a:1}",
                "NaN",
                "'a'",
                "\ufeff{}",
                "01",
                "// x\n1",
                "\"\u0001\""
            })
    void refusesWhatIsNotOneStrictValue(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "22c3a922ff", // a byte that never is UTF-8
                "22c022", // half a character
                "22c0a022", // overlong
                "22eda08022", // half of a surrogate pair
                "22eda080edb08022", // a surrogate pair in CESU-8
                "22f490808022", // over the last code point
                "fffe7b007d00", // UTF-16 with a mark
                "7b007d00", // UTF-16 without one
                "7b0000007d000000" // UTF-32
            })
    void refusesWhatIsNotUtf8(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThatThrownBy(() -> WireJson.read(bytes, 0, bytes.length)).isInstanceOf(IOException.class);
    }

    @Test
    void refusesWhatIsNestedTooDeep() throws IOException {
        String deep = "[".repeat(Limits.JSON_DEPTH) + "]".repeat(Limits.JSON_DEPTH);
        assertThat(read("{\"params\":{\"event\":{\"payload\":" + deep + "}}}").isObject())
                .isTrue();
        assertThatThrownBy(() -> read("[".repeat(100_000))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "1e99999999999999999999", "-1e999999999", "1e-999999999", "0.1e1000000000"})
    void numbersThatNoTypeHoldsAreKeptAndTakeNoTime(String text) throws IOException {
        JsonNode number = read(text);
        assertThat(written(number)).isEqualTo(text);
        assertThat(number.isIntegralNumber()).isFalse();
        assertThat(number.asText()).isEqualTo(text);
        assertThat(number.asLong()).isEqualTo((long) Double.parseDouble(text));
        assertThat(number.decimalValue()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE, Long.MIN_VALUE, 999_999_999_999_999_999L, -1_000_000_000_000_000_000L})
    void wholeNumbersOfSixtyFourBitsAreExact(long value) throws IOException {
        assertThat(read(Long.toString(value)).isIntegralNumber()).isTrue();
        assertThat(read(Long.toString(value)).canConvertToLong()).isTrue();
        assertThat(read(Long.toString(value)).longValue()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "-9223372036854775809", "99999999999999999999"})
    void greaterOnesAreNotTakenForSmallerOnes(String text) throws IOException {
        assertThat(read(text).isIntegralNumber()).isTrue();
        assertThat(read(text).canConvertToLong()).isFalse();
        assertThat(written(read(text))).isEqualTo(text);
    }

    @Test
    void numbersOfAnyLengthAreCopied() throws IOException {
        String digits = "1".repeat(500_000);
        assertThat(written(read(digits))).isEqualTo(digits);
    }

    @Test
    void readsStringsAsLongAsAMessage() throws IOException {
        String text = "x".repeat(25_000_000);
        assertThat(read("\"" + text + "\"").textValue()).hasSize(text.length());
    }

    @Test
    void writesNoLineEndsAndNoHalfCharacters() {
        ObjectNode tree = WireJson.object();
        tree.put("text", "a\nb\r\u2028");
        assertThat(written(tree)).isEqualTo("{\"text\":\"a\\nb\\r\u2028\"}");
        tree.put("text", "\ud800");
        assertThatThrownBy(() -> WireJson.write(tree))
                .isInstanceOf(InvalidFieldException.class)
                .hasMessageContaining("unpaired surrogate");
    }

    @Test
    void aValueOfTheApiIsWrittenToTheDigit() {
        Json json = Json.parse("{\"n\":1.00e2,\"m\":" + "9".repeat(2_000) + ",\"z\":-0}");
        ObjectNode tree = WireJson.object();
        tree.set("payload", WireJson.tree(json));
        assertThat(written(tree)).isEqualTo("{\"payload\":" + json.text() + "}");
        assertThat(WireJson.json(WireJson.tree(json))).isEqualTo(json);
    }

    @Test
    void aMissingNodeIsNull() {
        assertThat(WireJson.json(MissingNode.getInstance())).isEqualTo(Json.NULL);
        assertThat(WireJson.kept(MissingNode.getInstance())).isEqualTo(Json.NULL);
    }

    @Test
    void whatTheApiCannotHoldIsKeptAsANote() throws IOException {
        JsonNode large = read("\"" + "x".repeat(Limits.MESSAGE_BYTES) + "\"");
        assertThatThrownBy(() -> WireJson.json(large)).isInstanceOf(InvalidFieldException.class);
        assertThat(WireJson.kept(large).at("/omitted")).isPresent();
        JsonNode half = read("\"\\ud800\"");
        assertThat(WireJson.kept(half).at("/omitted")).isPresent();
    }
}
