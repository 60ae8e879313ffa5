package dev.meerkat.server.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SendMemoryTest {
    private static final int LIMIT = 1 << 20;
    private static final int HALF = LIMIT / 2;

    private final List<String> dropped = new ArrayList<>();
    private long now;
    private byte fill;
    private final SendMemory memory = new SendMemory(LIMIT, () -> now);

    private SendMemory.Share client(String name) {
        return memory.share(() -> dropped.add(name));
    }

    /** Unlike all others. */
    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        fill++;
        bytes[0] = fill;
        return bytes;
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static SendMemory.Held taken(SendMemory.Share client, byte[] bytes) {
        SendMemory.Held held = client.take(bytes);
        assertThat(held).isNotNull();
        return Objects.requireNonNull(held);
    }

    @Test
    void whatIsReadIsGivenBackOnce() {
        SendMemory.Share client = client("a");
        SendMemory.Held large = taken(client, bytes(HALF));
        SendMemory.Held small = taken(client, bytes(10));

        assertThat(memory.taken()).isEqualTo(HALF + 10);
        large.give();
        large.give();
        small.give();

        assertThat(memory.taken()).isZero();
    }

    @Test
    void oneEventForManyReadersIsKeptAndCountedOnce() {
        List<SendMemory.Held> all = new ArrayList<>();
        byte[] event = bytes(HALF);
        for (int i = 0; i < 100; i++) {
            all.add(taken(client("reader " + i), event));
        }

        assertThat(memory.taken()).isEqualTo(HALF);
        assertThat(all)
                .allSatisfy(held -> assertThat(held.bytes()).isSameAs(all.get(0).bytes()));
        all.subList(1, 100).forEach(SendMemory.Held::give);
        assertThat(memory.taken()).isEqualTo(HALF);
        all.get(0).give();
        assertThat(memory.taken()).isZero();
        assertThat(dropped).isEmpty();
    }

    @Test
    void aClientMayHaveTheSameBytesTwice() {
        SendMemory.Share client = client("a");
        byte[] event = bytes(HALF);
        SendMemory.Held first = taken(client, event);
        SendMemory.Held second = taken(client, event);
        first.give();

        assertThat(memory.taken()).isEqualTo(HALF);
        second.give();
        assertThat(memory.taken()).isZero();
    }

    @Test
    void whenItIsFullTheClientThatIsSlowestLosesItsConnection() {
        taken(client("slowest"), bytes(HALF));
        pass(1);
        taken(client("slow"), bytes(HALF));
        pass(1_000);
        taken(client("new"), bytes(HALF));

        assertThat(dropped).containsExactly("slowest");
        assertThat(memory.taken()).isEqualTo(LIMIT);
    }

    @Test
    void aClientThatReadsMeanwhileIsNotTheSlowest() {
        SendMemory.Share reading = client("reading");
        SendMemory.Held first = taken(reading, bytes(HALF / 2));
        taken(reading, bytes(HALF / 2));
        pass(10);
        taken(client("slow"), bytes(HALF));
        pass(1_000);
        first.give();
        taken(client("new"), bytes(HALF));

        assertThat(dropped).containsExactly("slow");
    }

    @Test
    void nobodyIsDroppedInTheFirstSecondAndTwiceAsMuchIsTheMost() {
        for (int i = 0; i < 4; i++) {
            taken(client("reader " + i), bytes(HALF));
        }
        SendMemory.Share last = client("last");

        assertThat(last.take(bytes(HALF))).isNull();
        assertThat(dropped).isEmpty();
        pass(1_000);
        taken(last, bytes(HALF));
        assertThat(dropped).hasSize(3);
        assertThat(memory.taken()).isEqualTo(LIMIT);
    }

    @Test
    void clientsAlwaysFindRoomForALittle() {
        for (int i = 0; i < 4; i++) {
            taken(client("reader " + i), bytes(HALF));
        }

        SendMemory.Share client = client("other");
        assertThatCode(() -> {
                    for (int i = 0; i < 16; i++) {
                        taken(client, bytes(SendMemory.SMALL_BYTES / 16));
                    }
                })
                .doesNotThrowAnyException();
        assertThat(client.take(bytes(1))).isNull();
        assertThat(dropped).isEmpty();
    }

    @Test
    void manySmallPiecesCountAsMuchAsALargeOne() {
        SendMemory.Share client = client("small");
        for (int i = 0; i < 2 * LIMIT / 1_024; i++) {
            taken(client, bytes(1_024));
        }

        assertThat(client.take(bytes(1_024))).isNull();
        pass(1_000);
        taken(client("new"), bytes(HALF));
        assertThat(dropped).containsExactly("small");
        assertThat(memory.taken()).isEqualTo(HALF);
    }

    @Test
    void aClientThatHasEndedHasNothingAndTakesNothing() {
        SendMemory.Share client = client("a");
        SendMemory.Held held = taken(client, bytes(HALF));
        client.end();
        held.give();

        assertThat(memory.taken()).isZero();
        assertThat(client.take(bytes(1))).isNull();
        assertThat(dropped).isEmpty();
    }
}
