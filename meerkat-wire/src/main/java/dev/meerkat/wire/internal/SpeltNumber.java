package dev.meerkat.wire.internal;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.NumericNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A number that is written again as it was spelt, such as {@code 1e-7} or {@code -0}. Computing with it is that of a
 * {@code double}, which takes no long time for any spelling.
 */
public final class SpeltNumber extends NumericNode {
    private static final long serialVersionUID = 1L;

    private static final int LONG_CHARS = 19;

    private final String text;

    /** Whether a number would be spelt otherwise, or would be another one, if it was read as a {@code long}. */
    public static boolean isNeeded(String number) {
        return number.equals("-0") || !isWhole(number) || !isLong(number);
    }

    private static boolean isLong(String number) {
        if (number.length() < LONG_CHARS) {
            return true;
        }
        try {
            return number.length() <= LONG_CHARS + 1 && number.equals(Long.toString(Long.parseLong(number)));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isWhole(String number) {
        return number.indexOf('.') < 0 && number.indexOf('e') < 0 && number.indexOf('E') < 0;
    }

    /**
     * A number.
     *
     * @param text a JSON number
     */
    public SpeltNumber(String text) {
        this.text = text;
    }

    @Override
    public void serialize(JsonGenerator generator, SerializerProvider provider) throws IOException {
        generator.writeNumber(text);
    }

    @Override
    public JsonToken asToken() {
        return isIntegralNumber() ? JsonToken.VALUE_NUMBER_INT : JsonToken.VALUE_NUMBER_FLOAT;
    }

    @Override
    public boolean isIntegralNumber() {
        return isWhole(text);
    }

    @Override
    public boolean isFloatingPointNumber() {
        return !isIntegralNumber();
    }

    @Override
    public JsonParser.NumberType numberType() {
        return JsonParser.NumberType.DOUBLE;
    }

    @Override
    public Number numberValue() {
        return doubleValue();
    }

    @Override
    public int intValue() {
        return (int) doubleValue();
    }

    @Override
    public long longValue() {
        return (long) doubleValue();
    }

    @Override
    public double doubleValue() {
        return Double.parseDouble(text);
    }

    @Override
    public BigDecimal decimalValue() {
        double value = doubleValue();
        return Double.isInfinite(value)
                ? BigDecimal.valueOf(Math.copySign(Double.MAX_VALUE, value))
                : BigDecimal.valueOf(value);
    }

    @Override
    public BigInteger bigIntegerValue() {
        return decimalValue().toBigInteger();
    }

    @Override
    public boolean canConvertToInt() {
        return Math.abs(doubleValue()) <= Integer.MAX_VALUE;
    }

    @Override
    public boolean canConvertToLong() {
        return Math.abs(doubleValue()) < Long.MAX_VALUE;
    }

    @Override
    public String asText() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SpeltNumber number && number.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
