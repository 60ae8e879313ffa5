package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** JSON values with the codec that the core brings. */
class JsonTest {
    /** What an application might read a payload as. */
    record Run(String conclusion, int attempt) {}

    @Test
    void insignificantWhiteSpaceIsTakenOutAndNothingElse() {
        assertThat(Json.parse(" [ 1.50 , 1e400 , -0.0 , 12345678901234567890 ] "))
                .hasToString("[1.50,1e400,-0.0,12345678901234567890]");
        assertThat(Json.parse("\t{ \"z\" : 1 ,\r\n\"a\" : 2 }")).hasToString("{\"z\":1,\"a\":2}");
    }

    @Test
    void parsingItsOwnTextGivesAnEqualValue() {
        for (String text :
                List.of("null", "true", "-1.0", "\"\\n\"", "[]", "{\"a\":{\"b\":[1,2.50]}}", "\"\uD83D\uDC3F\"")) {
            Json json = Json.parse(text);
            assertThat(Json.parse(json.text())).isEqualTo(json).hasSameHashCodeAs(json);
        }
    }

    @Test
    void valuesOfJavaAreWritten() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("list", List.of(1, "two", true));
        map.put("nothing", null);
        map.put("exact", new BigDecimal("1.50"));

        assertThat(Json.of(map)).hasToString("{\"list\":[1,\"two\",true],\"nothing\":null,\"exact\":1.50}");
        assertThat(Json.of(new Run("success", 2))).hasToString("{\"conclusion\":\"success\",\"attempt\":2}");
        assertThat(Json.of(null)).isEqualTo(Json.NULL);
    }

    @Test
    void valuesOfJavaAreRead() {
        assertThat(Json.parse("{\"conclusion\":\"success\",\"attempt\":2,\"unknown\":[]}")
                        .as(Run.class))
                .isEqualTo(new Run("success", 2));
        assertThat(Json.parse("\"x\"").as(String.class)).isEqualTo("x");
        assertThat(Json.parse("1.50").as(BigDecimal.class)).isEqualTo(new BigDecimal("1.50"));
        assertThat((Object) Json.parse("[1,2]").as(List.class)).isEqualTo(List.of(1, 2));
    }

    @Test
    void aValueOfAnotherShapeIsRefused() {
        refused(() -> Json.parse("\"x\"").as(Integer.class));
        refused(() -> Json.parse("[1]").as(Run.class));
        refused(() -> Json.parse("{\"attempt\":\"many\"}").as(Run.class));
    }

    @Test
    void partsAreFoundByPointer() {
        Json json =
                Json.parse("{\"workflow_run\":{\"conclusion\":\"success\",\"n\":[10,20]},\"a/b\":1,\"m~n\":2,\"\":3}");

        assertThat(json.at("/workflow_run/conclusion")).contains(Json.parse("\"success\""));
        assertThat(json.at("/workflow_run/n/1")).contains(Json.parse("20"));
        assertThat(json.at("/a~1b")).contains(Json.parse("1"));
        assertThat(json.at("/m~0n")).contains(Json.parse("2"));
        assertThat(json.at("/")).contains(Json.parse("3"));
        assertThat(json.at("")).contains(json);
        assertThat(json.at("/nothing/here")).isEmpty();
        assertThat(json.at("/workflow_run/n/2")).isEmpty();
        refused(() -> json.at("no slash"));
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);

        refused(() -> Json.of(endless));
        refused(() -> Json.of(Double.NaN));
        refused(() -> Json.of(BadValues.SURROGATE));
        refused(() -> Json.of(BadValues.OVER_MESSAGE));
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatExceptionOfType(InvalidFieldException.class).isThrownBy(call);
    }
}
