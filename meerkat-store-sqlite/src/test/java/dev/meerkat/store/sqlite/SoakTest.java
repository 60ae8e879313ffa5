package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runtime that works for long on a disk that fails now and then: what it uses does not grow with time. */
@Tag("heavy")
class SoakTest {
    private static final int SECONDS = Integer.getInteger("meerkat.soak.seconds", 10);
    private static final int SAMPLES = 20;
    private static final int SESSIONS = 8;
    private static final int PRODUCERS = 2;
    private static final int ONE_FAILS_OF = 500;
    private static final int REOPENED_AT = SAMPLES / 2;

    /** How much more there may be at the end of each quarter of the time than at its beginning, for noise. */
    private static final double HEAP_NOISE = 24 << 20;

    private static final double COUNT_NOISE = 16;

    /** On Linux, one entry for each descriptor of this process. */
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @TempDir
    Path directory;

    private final AtomicInteger faults = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong handled = new AtomicLong();
    private volatile boolean ended;
    private SqliteStore store;
    private Meerkat meerkat;

    private record Sample(double seconds, long heap, int threads, long descriptors, long files) {}

    private Settings faulty() {
        Random random = new Random(20261130);
        return Settings.DEFAULT
                .withPatience(new Settings.Patience(3, 5, 5))
                .withAppend((segment, record) -> fail(random.nextInt(ONE_FAILS_OF), segment, record));
    }

    private void fail(int chance, Segment segment, ByteBuffer record) throws IOException {
        if (chance == 0) {
            faults.incrementAndGet();
            throw new Segment.NoRoomException(new IOException("the disk is full"));
        }
        if (chance == 1) {
            faults.incrementAndGet();
            throw new IOException("the disk said no");
        }
        Settings.DEFAULT.append().append(segment, record);
        if (chance == 2) {
            faults.incrementAndGet();
            throw new IOException("the disk said no afterwards");
        }
    }

    private void open() {
        store = SqliteStore.open(directory.resolve("store.db"), faulty());
        meerkat = MeerkatRuntime.of(turn -> {
                    handled.addAndGet(turn.inputs().size());
                    return "ok";
                })
                .store(store)
                .open();
    }

    private void close() {
        meerkat.close();
        store.close();
    }

    private void produce(int producer) {
        Random random = new Random(producer);
        for (long n = 0; !ended; n++) {
            try {
                Session session = meerkat.openOrCreate(
                        SessionSpec.ofPrompt("hi").withKeepAliveAs("session " + random.nextInt(SESSIONS)));
                if (n % 4 == 0) {
                    var unused = session.send(CommsCommand.Input.of("message " + n));
                } else {
                    var unused = session.sendExternalEvent(ExternalEvent.genericJson("x", Json.of("event " + n))
                            .withIdempotencyKey(producer + "-" + n));
                }
                accepted.incrementAndGet();
            } catch (MeerkatException e) {
                // A fault, or the runtime is just opened anew.
                Thread.onSpinWait();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Sample sample(long begin) throws IOException {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return new Sample(
                (System.nanoTime() - begin) / 1e9,
                runtime.totalMemory() - runtime.freeMemory(),
                Thread.getAllStackTraces().size(),
                count(DESCRIPTORS),
                count(directory));
    }

    /** How many files a directory has, or none if there is no such directory. */
    private static long count(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.count();
        }
    }

    /** Growth in each second, by least squares. */
    private static double slope(List<Sample> samples, ToDoubleFunction<Sample> value) {
        double meanTime =
                samples.stream().mapToDouble(Sample::seconds).average().orElseThrow();
        double mean = samples.stream().mapToDouble(value).average().orElseThrow();
        double shared = samples.stream()
                .mapToDouble(sample -> (sample.seconds() - meanTime) * (value.applyAsDouble(sample) - mean))
                .sum();
        return shared
                / samples.stream()
                        .mapToDouble(sample -> Math.pow(sample.seconds() - meanTime, 2))
                        .sum();
    }

    private static void assertFlat(String what, List<Sample> samples, ToDoubleFunction<Sample> value, double noise) {
        double slope = slope(samples, value);
        double time = samples.get(samples.size() - 1).seconds() - samples.get(0).seconds();
        System.out.printf(
                "soak: %s %.0f at the end, slope %.3f per second%n",
                what, value.applyAsDouble(samples.get(samples.size() - 1)), slope);
        assertThat(slope * time).as("growth of %s in %s seconds", what, time).isLessThan(noise);
    }

    @Test
    void heapThreadsDescriptorsAndFilesDoNotGrow() throws Exception {
        open();
        List<Thread> producers = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            int producer = i;
            Thread thread = new Thread(() -> produce(producer), "producer-" + i);
            thread.start();
            producers.add(thread);
        }
        List<Sample> samples = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < SAMPLES; i++) {
            TimeUnit.MILLISECONDS.sleep(SECONDS * 1_000L / SAMPLES);
            if (i == REOPENED_AT) {
                close();
                open();
            }
            samples.add(sample(begin));
        }
        ended = true;
        for (Thread producer : producers) {
            producer.join(TimeUnit.SECONDS.toMillis(60));
            assertThat(producer.isAlive()).isFalse();
        }
        close();
        // What the first classes and caches take is no growth.
        List<Sample> steady = samples.subList(SAMPLES / 4, SAMPLES);
        System.out.println("soak: " + SECONDS + " seconds, " + accepted + " inputs accepted, " + handled + " handled, "
                + faults + " faults");
        assertFlat("heap", steady, Sample::heap, HEAP_NOISE);
        assertFlat("threads", steady, Sample::threads, COUNT_NOISE);
        assertFlat("descriptors", steady, Sample::descriptors, COUNT_NOISE);
        assertFlat("files", steady, Sample::files, COUNT_NOISE);
        assertThat(accepted).hasPositiveValue();
        assertThat(handled).hasPositiveValue();
        assertThat(faults).hasPositiveValue();
    }
}
