package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TurnId;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PulledStreamTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TurnId TURN = TurnId.UNKNOWN;

    /** A stream that can only be waited for. */
    private static final class Waiting implements EventStream {
        final LinkedBlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();
        final CountDownLatch closed = new CountDownLatch(1);
        volatile boolean broken;

        @Override
        public Optional<SessionEvent> next(Duration timeout) throws InterruptedException {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            return Optional.ofNullable(events.poll(Math.min(timeout.toMillis(), 50), TimeUnit.MILLISECONDS));
        }

        @Override
        public Cursor position() {
            return Cursor.START;
        }

        @Override
        public boolean ended() {
            return closed.getCount() == 0;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    private static SessionEvent event(long number) {
        return new SessionEvent.TextDelta(new Cursor(number), TURN, "x");
    }

    private static void awaitReady(PulledStream pulled) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(1);
        pulled.whenReady(ready::countDown);
        assertThat(ready.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void saysWhenThereIsSomethingAndKeepsTheOrder() throws Exception {
        Waiting stream = new Waiting();
        PulledStream pulled = new PulledStream.Threads().pull(stream);
        assertThat(pulled.next(Duration.ZERO)).isEmpty();

        List<Long> read = new ArrayList<>();
        for (long i = 1; i <= 100; i++) {
            stream.events.add(event(i));
        }
        while (read.size() < 100) {
            awaitReady(pulled);
            pulled.next(Duration.ZERO)
                    .ifPresent(event -> read.add(event.cursor().sequence()));
        }

        assertThat(read).isSorted().doesNotHaveDuplicates();
        assertThat(pulled.position()).isEqualTo(new Cursor(100));
        pulled.close();
        assertThat(pulled.ended()).isTrue();
        assertThat(stream.ended()).isTrue();
    }

    @Test
    void endsAsTheStreamDoes() throws Exception {
        Waiting stream = new Waiting();
        PulledStream pulled = new PulledStream.Threads().pull(stream);

        stream.close();

        awaitReady(pulled);
        assertThat(pulled.next(PATIENCE)).isEmpty();
        assertThat(pulled.ended()).isTrue();
    }

    @Test
    void passesOnWhatTheStreamThrows() throws Exception {
        Waiting stream = new Waiting();
        stream.broken = true;
        PulledStream pulled = new PulledStream.Threads().pull(stream);

        awaitReady(pulled);

        assertThatIllegalStateException().isThrownBy(() -> pulled.next(Duration.ZERO));
        pulled.close();
    }

    @Test
    void soManyMayBeOpenAndNotOneMore() {
        PulledStream.Threads threads = new PulledStream.Threads();
        List<PulledStream> open = new ArrayList<>();
        for (int i = 0; i < PulledStream.MAX; i++) {
            open.add(threads.pull(new Waiting()));
        }
        Waiting last = new Waiting();

        assertThatExceptionOfType(WireFault.class)
                .isThrownBy(() -> threads.pull(last))
                .satisfies(fault -> assertThat(fault.code().status()).isEqualTo(429));

        assertThat(last.ended()).isTrue();
        open.forEach(PulledStream::close);
    }
}
