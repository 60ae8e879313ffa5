package dev.meerkat.testkit;

import dev.meerkat.api.Delivery;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.Scheduler;
import dev.meerkat.core.store.Envelope;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A transport within one runtime that loses, repeats and delays envelopes as told or as drawn from a
 * seed. Thread-safe.
 *
 * <p>A sender of a dropped envelope, or one whose acknowledgement is lost, is told that the outcome is
 * unknown.
 */
public final class FaultyTransport implements PeerTransport {
    /** What can go wrong with one delivery. */
    public enum Fault {
        /** Nothing. */
        NONE,
        /** It never arrives. */
        DROP,
        /** It arrives twice. */
        DUPLICATE,
        /** It arrives later, on the scheduler. */
        DELAY,
        /** It arrives, and the sender is not told. */
        LOSE_ACK
    }

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final int faultPercent;
    private final Duration maxDelay;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Fault> next = new ArrayDeque<>();

    private FaultyTransport(Scheduler scheduler, long seed, int faultPercent, Duration maxDelay) {
        this.scheduler = scheduler;
        this.random = new SplittableRandom(seed);
        this.faultPercent = faultPercent;
        this.maxDelay = maxDelay;
    }

    /**
     * One that fails only as {@link #next} says.
     *
     * @param scheduler for delays, usually a {@link VirtualTime}
     * @return a new transport
     */
    public static FaultyTransport scripted(Scheduler scheduler) {
        return new FaultyTransport(scheduler, 0, 0, Duration.ofSeconds(1));
    }

    /**
     * One that fails at random.
     *
     * @param scheduler for delays, usually a {@link VirtualTime}
     * @param seed the same seed gives the same faults for the same deliveries
     * @param faultPercent how many of a hundred deliveries have a fault, from 0 to 100
     * @param maxDelay longest delay of one, zero for none: a sender outside of a turn waits for its
     *     envelope, and a test that advances the clock itself must not
     * @return a new transport
     */
    public static FaultyTransport seeded(Scheduler scheduler, long seed, int faultPercent, Duration maxDelay) {
        return new FaultyTransport(scheduler, seed, faultPercent, maxDelay);
    }

    /**
     * Sets the faults of the next deliveries.
     *
     * @param faults one per delivery
     * @return this
     */
    public FaultyTransport next(Fault... faults) {
        lock.lock();
        try {
            next.addAll(java.util.List.of(faults));
            return this;
        } finally {
            lock.unlock();
        }
    }

    private record Draw(Fault fault, Duration delay) {}

    private Draw draw() {
        lock.lock();
        try {
            Duration delay = Duration.ofMillis(1 + random.nextLong(Math.max(1, maxDelay.toMillis())));
            boolean fails = random.nextInt(100) < faultPercent;
            Fault drawn = Fault.values()[1 + random.nextInt(Fault.values().length - 1)];
            boolean never = !fails || (drawn == Fault.DELAY && maxDelay.isZero());
            Fault told = next.poll();
            return new Draw(told != null ? told : never ? Fault.NONE : drawn, delay);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Sender open(Receiver receiver) {
        return envelope -> deliver(envelope, receiver);
    }

    private CompletionStage<Delivery> deliver(Envelope envelope, Receiver receiver) {
        Draw draw = draw();
        return switch (draw.fault()) {
            case NONE -> receiver.receive(envelope);
            case DROP -> unknown(envelope, "was dropped");
            case DUPLICATE -> {
                CompletionStage<Delivery> first = receiver.receive(envelope);
                yield receiver.receive(envelope).thenCombine(first, (second, original) -> original);
            }
            case DELAY -> delayed(envelope, receiver, draw.delay());
            case LOSE_ACK ->
                receiver.receive(envelope)
                        .handle((delivery, failure) -> delivery)
                        .thenCompose(delivery -> unknown(envelope, "arrived, and its acknowledgement was lost"));
        };
    }

    private CompletionStage<Delivery> delayed(Envelope envelope, Receiver receiver, Duration delay) {
        CompletableFuture<Delivery> result = new CompletableFuture<>();
        scheduler.schedule(
                delay,
                () -> receiver.receive(envelope).whenComplete((delivery, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(failure);
                    } else {
                        result.complete(delivery);
                    }
                }));
        return result;
    }

    private static CompletionStage<Delivery> unknown(Envelope envelope, String what) {
        return CompletableFuture.failedFuture(new UnknownOutcomeException(
                envelope.id().value(), "envelope " + envelope.id() + " " + what + " by the test", null));
    }
}
