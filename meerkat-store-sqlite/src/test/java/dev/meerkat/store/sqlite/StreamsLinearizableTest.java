package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Sends events to one session from several threads while two streams are read: each stream has each event once, in the order of the
 * log, and has it as soon as it is acknowledged. Lincheck makes the schedules and compares them with {@link Model}.
 */
class StreamsLinearizableTest {
    private static final int ITERATIONS = Integer.getInteger("meerkat.lincheck.iterations", 10);
    private static final int INVOCATIONS = 200;
    private static final AtomicLong READ = new AtomicLong();

    /** A session in memory with two readers. */
    public static final class Streams {
        private static final Meerkat MEERKAT = MeerkatRuntime.of(turn -> "ok").open();
        private final Session session;
        private final EventStream first;
        private final EventStream second;

        /** Begins with a new session, behind the event of its creation. */
        public Streams() throws InterruptedException {
            session = MEERKAT.create(SessionSpec.withoutPrompt());
            first = session.events(new Cursor(1));
            second = session.events(new Cursor(1));
        }

        /** Sends an event, whose key may have been sent before. */
        @Operation
        public String send(@Param(gen = IntGen.class, conf = "1:4") int key) throws InterruptedException {
            EventOutcome outcome = session.sendExternalEvent(
                    ExternalEvent.genericJson("x", Json.of(key)).withIdempotencyKey("key " + key));
            if (outcome instanceof EventOutcome.Accepted accepted) {
                return "at " + accepted.position().orElseThrow().sequence();
            }
            return "known at "
                    + ((EventOutcome.Duplicate) outcome)
                            .position()
                            .orElseThrow()
                            .sequence();
        }

        /** Reads on in one stream. */
        @Operation(nonParallelGroup = "first")
        public String first() throws InterruptedException {
            return next(first);
        }

        /** Reads on in the other. */
        @Operation(nonParallelGroup = "second")
        public String second() throws InterruptedException {
            return next(second);
        }

        private static String next(EventStream stream) throws InterruptedException {
            Optional<SessionEvent> event = stream.next(Duration.ZERO);
            READ.addAndGet(event.isPresent() ? 1 : 0);
            return event.map(read -> "read " + read.cursor().sequence()).orElse("none");
        }
    }

    /** What is right, one call after the other. */
    public static final class Model {
        private final List<Integer> keys = new ArrayList<>();
        private int first;
        private int second;

        /** The position of an event; the creation of the session stands before all. */
        public String send(int key) {
            int known = keys.indexOf(key);
            if (known >= 0) {
                return "known at " + (known + 2);
            }
            keys.add(key);
            return "at " + (keys.size() + 1);
        }

        /** The next event of one stream. */
        public String first() {
            return first == keys.size() ? "none" : "read " + (++first + 1);
        }

        /** The next event of the other. */
        public String second() {
            return second == keys.size() ? "none" : "read " + (++second + 1);
        }
    }

    @Test
    void eachStreamHasEachAcknowledgedEventOnceInTheOrderOfTheLog() {
        new StressOptions()
                .invocationsPerIteration(INVOCATIONS)
                .iterations(ITERATIONS)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(2)
                .minimizeFailedScenario(false)
                .sequentialSpecification(Model.class)
                .check(Streams.class);
        System.out.println("streams: " + ITERATIONS + " schedules, " + READ + " events read");
        assertThat(READ).hasPositiveValue();
    }
}
