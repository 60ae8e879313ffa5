package dev.meerkat.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FiguresTest {
    private final Figures figures = new Figures();

    @Test
    void theMedianIsTheMiddleSampleAndTheSpreadHalfTheRange() {
        figures.add("rate", 10);
        figures.add("rate", 30);
        figures.add("rate", 11);

        assertThat(figures.median("rate")).isEqualTo(11);
        assertThat(figures.spread("rate")).isEqualTo(10);
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
        assertThat(Figures.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    }

    @Test
    void readsWhatAnotherProcessPrinted() {
        assertThat(figures.read("figure durable/raw/64/rate 1.5E4")).isTrue();
        assertThat(figures.read("some other line")).isFalse();

        assertThat(figures.median("durable/raw/64/rate")).isEqualTo(15_000);
    }

    @Test
    void anUnknownFigureIsAnError() {
        assertThatThrownBy(() -> figures.median("rate")).hasMessageContaining("no figure rate");
    }

    @Test
    void aRatioOfAMissingFigureIsLeftOut() {
        figures.add("ours", 3);

        assertThat(Markdown.ratio(figures, "ours", "theirs")).isEqualTo("-");
        figures.add("theirs", 2);
        assertThat(Markdown.ratio(figures, "ours", "theirs")).isEqualTo("1.50×");
    }
}
