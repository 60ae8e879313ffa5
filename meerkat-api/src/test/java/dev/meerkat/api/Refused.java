package dev.meerkat.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts how a value is refused. */
final class Refused {
    static final String HALF_A_PAIR = "a" + (char) 0xD83D + "b";

    private Refused() {}

    /** The refusal names the field, is one short line, and says that nothing was done. */
    static void field(String field, ThrowingCallable call) {
        assertThatExceptionOfType(InvalidFieldException.class)
                .isThrownBy(call)
                .isInstanceOf(NotDoneException.class)
                .withMessageStartingWith(field + " ")
                .satisfies(refusal -> {
                    assertThat(refusal.field()).isEqualTo(field);
                    assertThat(refusal.code()).isEqualTo("invalid_command");
                    assertThat(refusal.getMessage()).hasSizeLessThan(500).doesNotContain("\n", "\r");
                });
    }
}
