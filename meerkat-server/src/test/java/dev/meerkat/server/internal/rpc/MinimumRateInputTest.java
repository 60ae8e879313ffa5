package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.server.internal.calls.MinimumRate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class MinimumRateInputTest {
    private static final MinimumRate PACE = new MinimumRate(10, 1_000);

    private final Client client = new Client();
    private final MinimumRateInput input = new MinimumRateInput(client, PACE, () -> client.ended = true);

    /** A client that lets the seconds of a test pass before it writes. */
    private final class Client extends InputStream {
        private final Queue<byte[]> writes = new ArrayDeque<>();
        private final Queue<Integer> pauses = new ArrayDeque<>();
        boolean ended;

        Client writes(int seconds, String text) {
            pauses.add(seconds);
            writes.add(text.getBytes(StandardCharsets.UTF_8));
            return this;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (writes.isEmpty()) {
                return -1;
            }
            pass(pauses.remove());
            byte[] next = writes.remove();
            System.arraycopy(next, 0, buffer, offset, next.length);
            return next.length;
        }
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            input.second();
        }
    }

    /** Whether the client is still there when all that it writes is read. */
    private boolean survives() throws IOException {
        byte[] buffer = new byte[100_000];
        while (input.read(buffer, 10, buffer.length - 10) >= 0) {
            assertThat(buffer[9]).isZero();
        }
        return !client.ended;
    }

    @Test
    void silenceIsNotCountedBeforeALineNorBetweenTwo() throws Exception {
        client.writes(1_000, "{}\n")
                .writes(1_000, "\n")
                .writes(1_000, "{}\n{}\n")
                .writes(1_000, "{}\n");

        assertThat(survives()).isTrue();
    }

    @Test
    void aLineMustEndInTimeHoweverOftenSomethingOfItComes() throws Exception {
        client.writes(0, "{");
        for (int i = 0; i < 5; i++) {
            client.writes(2, "x");
        }
        client.writes(0, "}\n");
        assertThat(survives()).as("10 seconds").isTrue();

        client.writes(0, "{");
        for (int i = 0; i < 11; i++) {
            client.writes(1, "x");
        }
        assertThat(survives()).as("11 seconds").isFalse();
    }

    @Test
    void aLargeLineHasMoreTimeForWhatHasCome() throws Exception {
        client.writes(0, "x".repeat(5_000)).writes(15, "x\n");
        assertThat(survives()).isTrue();

        client.writes(0, "x".repeat(5_000)).writes(16, "x\n");
        assertThat(survives()).isFalse();
    }

    @Test
    void eachLineHasItsOwnTime() throws Exception {
        for (int i = 0; i < 10; i++) {
            client.writes(9, "}\n{");
        }
        assertThat(survives()).isTrue();

        client.writes(11, "}\n");
        assertThat(survives()).as("the last was begun").isFalse();
    }

    @Test
    void secondsThatTheServerTakesAreNotTheClients() throws Exception {
        client.writes(0, "{");
        assertThat(input.read(new byte[10], 0, 10)).isEqualTo(1);
        pass(1_000);
        client.writes(10, "}\n");

        assertThat(survives()).isTrue();
    }

    @Test
    void singleBytesAreReadLikeAnyOthers() throws Exception {
        client.writes(0, "{").writes(11, "\n");

        assertThat(input.read()).isEqualTo('{');
        assertThat(input.read()).isEqualTo('\n');
        assertThat(input.read()).isEqualTo(-1);
        assertThat(client.ended).isTrue();
    }
}
