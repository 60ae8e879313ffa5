package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** What a node under load tells, line by line. Thread-safe. */
final class Told implements Consumer<String> {
    private static final String ACKNOWLEDGED = "acknowledged ";
    private static final int LOOKS = 12_000;

    private final List<String> acknowledged = new CopyOnWriteArrayList<>();
    private final List<String> others = new CopyOnWriteArrayList<>();

    @Override
    public void accept(String line) {
        // A process that is killed may leave half a line.
        if (line.matches(ACKNOWLEDGED + "\\w+-\\d+")) {
            acknowledged.add(line.substring(ACKNOWLEDGED.length()));
        } else {
            others.add(line);
        }
    }

    /** The events that were acknowledged. */
    List<String> acknowledged() {
        return acknowledged;
    }

    /** The lines that begin so. */
    List<String> lines(String beginning) {
        return others.stream().filter(line -> line.startsWith(beginning)).toList();
    }

    void awaitAcknowledged(int events) throws InterruptedException {
        awaitUntil(() -> acknowledged.size() >= events);
    }

    /** So many more than there are now. */
    void awaitMore(int events) throws InterruptedException {
        awaitAcknowledged(acknowledged.size() + events);
    }

    /** Waits until something holds, for so long that only a defect makes it end. */
    static void awaitUntil(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < LOOKS && !condition.getAsBoolean(); i++) {
            boolean unused = new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
