package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SeededIdsTest {
    private final VirtualTime time = VirtualTime.create();

    @Test
    void sameSeedGivesTheSameIds() {
        assertThat(ids(7, 100)).isEqualTo(ids(7, 100)).isNotEqualTo(ids(8, 100));
    }

    @Test
    void idsHaveVersionSevenAndTheTimeOfTheClock() {
        UUID id = SeededIds.of(1, time).next();
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(time.millis());
    }

    @Test
    void idsSortInTheOrderOfTheirMaking() throws InterruptedException {
        SeededIds ids = SeededIds.of(1, time);
        List<String> first =
                Stream.generate(ids::next).limit(5_000).map(UUID::toString).toList();
        time.advance(Duration.ofMillis(1));
        assertThat(first).isSorted().doesNotHaveDuplicates();
        assertThat(ids.next().toString()).isGreaterThan(first.get(first.size() - 1));
    }

    private List<UUID> ids(long seed, int count) {
        return Stream.generate(SeededIds.of(seed, time)::next).limit(count).toList();
    }
}
