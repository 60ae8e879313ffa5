package dev.meerkat.json.jackson3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.ser.std.StdSerializer;

/** Through {@link Json}, as programs meet it. */
class Jackson3BinderTest {
    /** Public, since the module does not open the package to Jackson. */
    public record Build(long run, Instant at, Duration took, Optional<String> branch, Json payload) {}

    /** With an annotation that only Jackson 3 knows. */
    @JsonSerialize(using = Whisper.class)
    public record Secret(String text) {}

    /** Writes less than there is. */
    public static final class Whisper extends StdSerializer<Secret> {
        /** For Jackson. */
        public Whisper() {
            super(Secret.class);
        }

        @Override
        public void serialize(Secret value, JsonGenerator generator, SerializationContext all) {
            generator.writeString("...");
        }
    }

    /** A type that only the module of this test knows. */
    public record Celsius(@JsonProperty("degrees") BigDecimal degrees) {}

    private static final Build BUILD = new Build(
            1742,
            Instant.parse("2026-11-30T10:15:30Z"),
            Duration.ofMillis(1_500),
            Optional.of("main"),
            Json.parse("{\"z\":1.10,\"a\":[1E+5,{\"n\":null}]}"));
    private static final String TEXT = "{\"run\":1742,\"at\":\"2026-11-30T10:15:30Z\",\"took\":\"PT1.5S\","
            + "\"branch\":\"main\",\"payload\":{\"z\":1.10,\"a\":[1E+5,{\"n\":null}]}}";

    @Test
    void typesOfAProgramAreWrittenAndReadByJackson3() {
        assertThat(Json.of(BUILD).text()).isEqualTo(TEXT);
        assertThat(Json.of(new Secret("hunter2")).text()).isEqualTo("\"...\"");

        Build read = Json.parse(TEXT).as(Build.class);

        assertThat(read).isEqualTo(BUILD);
        assertThat(read.payload().text()).isEqualTo(BUILD.payload().text());
    }

    @Test
    void aModuleThatIsFoundAsAServiceKnowsMoreTypes() {
        assertThat(Json.of(List.of(new Celsius(new BigDecimal("21.50")))).text())
                .isEqualTo("[\"21.50 C\"]");
    }

    @Test
    void valuesKeepTheirDigitsAndTheirOrder() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("numbers", List.of(1, 2.5, new BigDecimal("1.10"), new BigInteger("12345678901234567890")));
        value.put("json", Json.parse("{\"n\":1.10}"));
        value.put("none", null);

        assertThat(Json.of(value).text())
                .isEqualTo("{\"numbers\":[1,2.5,1.10,12345678901234567890],\"json\":{\"n\":1.10},\"none\":null}");
        assertThat(Json.of(null)).isEqualTo(Json.NULL);
        Map<?, ?> read = Json.parse("{\"a\":1.10,\"b\":[1,12345678901234567890],\"c\":null}")
                .as(Map.class);
        assertThat(read.get("a")).isEqualTo(new BigDecimal("1.10"));
        assertThat(read.get("b")).isEqualTo(Arrays.asList(1, new BigInteger("12345678901234567890")));
        assertThat(read.containsKey("c")).isTrue();
    }

    @Test
    void valuesThatJsonHasNoFormForAreRefused() {
        List<Object> cyclic = new ArrayList<>();
        cyclic.add(cyclic);

        assertThatThrownBy(() -> Json.of(cyclic)).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> Json.of(Double.NaN)).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> Json.of(Map.of("a", "\ud800"))).isInstanceOf(InvalidFieldException.class);
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
                "dev.meerkat.json.jackson3.Jackson3BinderTest$Build | {\"run\":\"x\"}",
                "dev.meerkat.json.jackson3.Jackson3BinderTest$Build | {\"at\":\"2026-11-30T10:15:30Z\"}"
            })
    void anotherShapeIsRefusedAndNotConverted(String type, String text) throws ClassNotFoundException {
        Class<?> wanted = Class.forName(type);

        assertThatThrownBy(() -> Json.parse(text).as(wanted))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("json"))
                .hasMessageContaining(type)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(600));
    }
}
