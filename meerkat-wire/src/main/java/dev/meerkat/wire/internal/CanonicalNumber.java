package dev.meerkat.wire.internal;

/**
 * The canonical text of a JSON number: the form of ECMAScript and RFC 8785, with all digits. Takes linear time, whatever
 * the exponent is, because it computes with the digits only.
 */
final class CanonicalNumber {
    private static final int PLAIN_INTEGER_DIGITS = 21;
    private static final int PLAIN_ZEROS = 6;

    /** Exponents of at most so many digits are computed as a {@code long}. */
    private static final int LONG_DIGITS = 17;

    private CanonicalNumber() {}

    /** The canonical text of a number that a strict parser took. */
    static String of(String number) {
        boolean negative = number.charAt(0) == '-';
        int exponentAt = exponentAt(number);
        String mantissa = number.substring(negative ? 1 : 0, exponentAt);
        String exponent = exponentAt == number.length() ? "0" : number.substring(exponentAt + 1);
        int point = mantissa.indexOf('.');
        String all = point < 0 ? mantissa : mantissa.substring(0, point) + mantissa.substring(point + 1);
        int first = 0;
        while (first < all.length() && all.charAt(first) == '0') {
            first++;
        }
        int end = all.length();
        while (end > first && all.charAt(end - 1) == '0') {
            end--;
        }
        if (first == end) {
            return "0";
        }
        // The value is 0.digits times ten to the power of (exponent + shift).
        int shift = (point < 0 ? mantissa.length() : point) - first;
        String text = text(all.substring(first, end), exponent, shift);
        return negative ? '-' + text : text;
    }

    private static int exponentAt(String number) {
        int at = number.indexOf('e');
        at = at < 0 ? number.indexOf('E') : at;
        return at < 0 ? number.length() : at;
    }

    private static String text(String digits, String exponent, int shift) {
        boolean negative = exponent.charAt(0) == '-';
        int first = Character.isDigit(exponent.charAt(0)) ? 0 : 1;
        while (first < exponent.length() - 1 && exponent.charAt(first) == '0') {
            first++;
        }
        String magnitude = exponent.substring(first);
        if (magnitude.length() > LONG_DIGITS) {
            // Far over any shift, so the sign stays.
            String sum = sum(magnitude, negative ? 1 - shift : shift - 1);
            return scientific(digits, negative, sum);
        }
        long power = Long.parseLong(magnitude);
        return text(digits, (negative ? -power : power) + shift);
    }

    private static String text(String digits, long power) {
        int count = digits.length();
        if (power >= count && power <= PLAIN_INTEGER_DIGITS) {
            return digits + "0".repeat((int) power - count);
        }
        if (power > 0 && power <= PLAIN_INTEGER_DIGITS) {
            return digits.substring(0, (int) power) + '.' + digits.substring((int) power);
        }
        if (power > -PLAIN_ZEROS && power <= 0) {
            return "0." + "0".repeat((int) -power) + digits;
        }
        return scientific(digits, power < 1, Long.toString(Math.abs(power - 1)));
    }

    private static String scientific(String digits, boolean negative, String magnitude) {
        String fraction = digits.length() == 1 ? "" : '.' + digits.substring(1);
        return digits.charAt(0) + fraction + 'e' + (negative ? '-' : '+') + magnitude;
    }

    /** Adds a small number to a large one that is given by its digits. */
    private static String sum(String magnitude, int small) {
        char[] digits = magnitude.toCharArray();
        int carry = small;
        for (int i = digits.length - 1; carry != 0 && i >= 0; i--) {
            int sum = digits[i] - '0' + carry;
            digits[i] = (char) ('0' + Math.floorMod(sum, 10));
            carry = Math.floorDiv(sum, 10);
        }
        String sum = new String(digits);
        if (carry > 0) {
            return carry + sum;
        }
        return sum.charAt(0) == '0' ? sum.substring(1) : sum;
    }
}
