package dev.meerkat.wire.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meerkat.api.Json;
import java.io.File;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as the same JSON. */
class CanonicalJsonTest {
    private static final int RUNS = 2_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 | 1.0",
                "1 | 1e0",
                "1 | 10E-1",
                "0.0000001 | 1e-7",
                "1E-7 | 1e-07",
                "0 | -0",
                "0 | -0.0e15",
                "0 | 0e99999999999999999999",
                "123456789012345678901234567890 | 1.2345678901234567890123456789e29",
                "1e21 | 1000000000000000000000",
                "1e22 | 10000000000000000000000",
                "1e999999999 | 10e999999998",
                "1e9999999999999999999999 | 10e9999999999999999999998",
                "0.1e10000000000000000000000 | 1e9999999999999999999999",
                "1e-9999999999999999999999 | 0.1e-9999999999999999999998",
                "1e-10000000000000000000000 | 0.1e-9999999999999999999999",
                "'\\u0041\\/' | 'A/'",
                "{'a':1,'b':[{'x':null,'y':1.50}]} | { 'b' : [ { 'y' : 15e-1, 'x' : null } ], '\\u0061' : 1 }",
            })
    void theSameContent(String one, String other) {
        Json first = Json.parse(one.replace('\'', '"'));
        Json second = Json.parse(other.replace('\'', '"'));
        assertThat(first).isEqualTo(second).hasSameHashCodeAs(second);
        assertThat(first.canonicalText()).isEqualTo(second.canonicalText());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 | -1",
                "1 | 1.00000000000000000000000000000000001",
                "9007199254740992 | 9007199254740993",
                "1e999999999 | 1e999999998",
                "1e9999999999999999999999 | 1e9999999999999999999998",
                "0 | null",
                "false | null",
                "1 | '1'",
                "[1,2] | [2,1]",
                "[] | {}",
                "[[]] | []",
                "{'a':1} | {'A':1}",
                "{'a':1} | {'a':1,'b':null}",
                "'a' | 'a '",
                "'\u00e4' | 'a\u0308'",
            })
    void otherContent(String one, String other) {
        Json first = Json.parse(one.replace('\'', '"'));
        Json second = Json.parse(other.replace('\'', '"'));
        assertThat(first).isNotEqualTo(second);
        assertThat(first.canonicalText()).isNotEqualTo(second.canonicalText());
    }

    /** The example of the RFC, but for the number that a double cannot hold. */
    @Test
    void ordinaryValuesHaveTheTextOfRfc8785() {
        Json json = Json.parse("{\"numbers\":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"
                + "\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\","
                + "\"literals\":[null,true,false]}");
        assertThat(json.canonicalText())
                .isEqualTo("{\"literals\":[null,true,false],"
                        + "\"numbers\":[333333333.33333329,1e+30,4.5,0.002,1e-27],"
                        + "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    @Test
    void namesAreInTheOrderOfTheirCodeUnits() {
        Json json = Json.parse(
                "{\"\u20ac\":1,\"\\r\":2,\"\ufb33\":3,\"1\":4,\"\ud83d\ude00\":5,\"\u0080\":6,\"\u00f6\":7}");
        assertThat(json.canonicalText())
                .isEqualTo(
                        "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\ud83d\ude00\":5,\"\ufb33\":3}");
    }

    /** From the tests of the RFC: all are what ECMAScript writes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "5e-324",
                "-1.7976931348623157e+308",
                "9007199254740992",
                "295147905179352830000",
                "9.999999999999997e+22",
                "1e+23",
                "999999999999999700000",
                "1e+21",
                "0.000001",
                "9.999999999999997e-7",
                "1e-7",
                "333333333.3333332",
                "-0.0000033333333333333333",
                "1424953923781206.2"
            })
    void numbersOfEcmaScriptStayAsTheyAre(String number) {
        assertThat(Json.parse(number).canonicalText()).isEqualTo(number);
    }

    @Test
    void anExponentOfAnyLengthTakesLinearTime() {
        String exponent = "9".repeat(200_000);
        assertThat(Json.parse("1e" + exponent)).isEqualTo(Json.parse("10e" + exponent.replaceAll(".$", "8")));
        assertThat(Json.parse("[1e" + exponent + "]").canonicalText()).contains(exponent);
    }

    /** A map made by {@code Map.of} has another order in each process. */
    @Test
    void aMapOfJavaIsTheSameContentInEveryProcess() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            texts.add(printedByAProcess());
        }
        assertThat(texts.stream().map(Json::parse).distinct()).hasSize(1);
        assertThat(texts.stream().map(text -> Json.parse(text).canonicalText()))
                .containsOnly(Json.of(Printer.MAP).canonicalText());
    }

    private static String printedByAProcess() throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        Stream.of(
                                        Printer.class,
                                        Json.class,
                                        CanonicalJson.class,
                                        ObjectMapper.class,
                                        JsonParser.class,
                                        JsonIgnore.class)
                                .map(CanonicalJsonTest::place)
                                .distinct()
                                .collect(Collectors.joining(File.pathSeparator)),
                        Printer.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = process.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Prints a map as JSON. */
    static final class Printer {
        static final Map<String, Object> MAP =
                Map.of("a", 1, "b", 2.5, "c", "three", "d", true, "e", List.of(), "f", Map.of("g", 7, "h", 8, "i", 9));

        private Printer() {}

        public static void main(String[] arguments) {
            System.out.print(Json.of(MAP));
        }
    }

    @Test
    void anotherOrderAndSpellingIsTheSameAndAnotherValueIsNot() {
        Random random = new Random(42);
        for (int i = 0; i < RUNS; i++) {
            Object value = value(random, 4);
            Json one = Json.parse(spelt(value, new Random(i)));
            Json other = Json.parse(spelt(value, random));
            assertThat(other).isEqualTo(one).hasSameHashCodeAs(one);
            assertThat(Json.parse(one.canonicalText())).isEqualTo(one);
            assertThat(Json.parse(one.canonicalText()).canonicalText()).isEqualTo(one.canonicalText());
            assertThat(Json.parse(spelt(changed(value, random), random))).isNotEqualTo(one);
        }
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0 -> new BigDecimal(random.nextLong()).scaleByPowerOfTen(random.nextInt(60) - 40);
            case 1 -> text(random);
            case 2 -> random.nextBoolean();
            case 3 -> BigDecimal.valueOf(random.nextInt(3));
            case 4 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, depth - 1));
                }
                yield list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(text(random), value(random, depth - 1));
                }
                yield map;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append("ab\"\\\n/\u0001\u00e4\u20ac".charAt(random.nextInt(9)));
        }
        return text.toString();
    }

    /** One value of all, the deepest first, is another one. */
    private static Object changed(Object value, Random random) {
        if (value instanceof List<?> list && !list.isEmpty()) {
            List<Object> changed = new ArrayList<>(list);
            int at = random.nextInt(changed.size());
            changed.set(at, changed(changed.get(at), random));
            return changed;
        }
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            Map<Object, Object> changed = new LinkedHashMap<>(map);
            Object name = new ArrayList<>(changed.keySet()).get(random.nextInt(changed.size()));
            changed.put(name, changed(changed.get(name), random));
            return changed;
        }
        if (value instanceof BigDecimal number) {
            return number.add(number.ulp());
        }
        return value instanceof String text ? text + "x" : List.of(List.of(value));
    }

    private static String spelt(Object value, Random random) {
        if (value instanceof List<?> list) {
            return "["
                    + String.join(",", list.stream().map(v -> spelt(v, random)).toList()) + "]";
        }
        if (value instanceof Map<?, ?> map) {
            List<String> fields = new ArrayList<>();
            map.forEach((name, v) -> fields.add(spelt(name, random) + ":" + spelt(v, random)));
            Collections.shuffle(fields, random);
            return "{" + String.join(" , ", fields) + "}";
        }
        if (value instanceof BigDecimal number) {
            return spelt(number, random);
        }
        return value instanceof String text ? spelt(text, random) : value.toString();
    }

    private static String spelt(BigDecimal number, Random random) {
        int more = random.nextInt(5);
        return switch (random.nextInt(4)) {
            case 0 -> number.toPlainString();
            case 1 -> number.setScale(number.scale() + more).toString();
            case 2 -> number.scaleByPowerOfTen(more).toPlainString() + "e-0" + more;
            default -> number.scaleByPowerOfTen(-more).toPlainString() + "E+" + more;
        };
    }

    private static String spelt(String text, Random random) {
        StringBuilder spelt = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            boolean plain = c >= ' ' && c != '"' && c != '\\' && random.nextBoolean();
            spelt.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return spelt.append('"').toString();
    }
}
