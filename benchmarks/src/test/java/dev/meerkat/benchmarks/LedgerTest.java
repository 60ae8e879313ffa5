package dev.meerkat.benchmarks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger(2);

    @Test
    void aBatchIsOverWhenEachSendersMessagesAreConsumed() {
        ledger.begin(2);
        consume(0, 1, 2);
        consume(1, 1, 2);

        assertThatCode(ledger::await).doesNotThrowAnyException();
    }

    @Test
    void numbersGoOnInTheNextBatch() {
        ledger.begin(1);
        consume(0, 1);
        consume(1, 1);
        ledger.begin(1);
        consume(0, 2);
        consume(1, 2);

        assertThatCode(ledger::await).doesNotThrowAnyException();
    }

    @Test
    void aMessageOutOfOrderIsAFault() {
        ledger.begin(2);
        consume(0, 2, 1, 2);
        consume(1, 1, 2);

        assertThatThrownBy(ledger::await).hasMessageContaining("out of order: sender 0");
    }

    @Test
    void aRepeatedMessageIsAFault() {
        ledger.begin(2);
        consume(0, 1, 1, 2);
        consume(1, 1, 2);

        assertThatThrownBy(ledger::await).hasMessageContaining("1 came after 1");
    }

    private void consume(int sender, long... numbers) {
        for (long number : numbers) {
            ledger.consumed(Body.of(sender, number));
        }
    }
}
