package dev.meerkat.server.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.meerkat.api.Cursor;
import org.junit.jupiter.api.Test;

class SequencesTest {
    @Test
    void growWithCursorAndPart() {
        long before = 0;
        for (long cursor = 1; cursor <= 5; cursor++) {
            for (int part = 0; part < Sequences.STRIDE; part++) {
                long sequence = Sequences.of(new Cursor(cursor), part);
                assertThat(sequence).isGreaterThan(before);
                before = sequence;
            }
            assertThat(Sequences.after(new Cursor(cursor))).isEqualTo(before);
        }
    }

    @Test
    void tellFromWhereToReadSoThatNothingIsMissed() {
        for (long cursor = 1; cursor <= 5; cursor++) {
            for (int part = 0; part < Sequences.STRIDE - 1; part++) {
                assertThat(Sequences.readAfter(Sequences.of(new Cursor(cursor), part)))
                        .isEqualTo(new Cursor(cursor - 1));
            }
            assertThat(Sequences.readAfter(Sequences.after(new Cursor(cursor)))).isEqualTo(new Cursor(cursor));
        }
        assertThat(Sequences.readAfter(0)).isEqualTo(Cursor.START);
        assertThat(Sequences.after(Cursor.START)).isZero();
    }

    @Test
    void haveRoomForSoManyPartsOnly() {
        assertThatIllegalArgumentException().isThrownBy(() -> Sequences.of(new Cursor(1), Sequences.STRIDE));
    }
}
