package dev.meerkat.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Messages per second, counted when they are consumed: a batch is over when its last one is. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init")
public class MessageBenchmark {
    static final int PAIRS = 256;
    static final int HOT_SENDERS = 8;
    private static final int MESSAGES = PAIRS * 128;

    /** Who sends to whom: {@code pairs}, or eight senders to one {@code hot} receiver. */
    @Param({"pairs", "hot"})
    public String shape;

    /** How many threads send. */
    @Param({"2", "8"})
    public int clients;

    /** What carries the messages. */
    @Param({"meerkat", "meerkat-pool", "meerkat-turn", "pekko-client", "pekko-actor", "pekko-tell"})
    public String system;

    private Clients driver;
    private int perSender;

    /** What a batch took besides time. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Counts {
        /** How often a full lane refused a message, which was then sent again. */
        public long refused;

        /** Processor time of the process, which other load on the machine changes less than the rate. */
        public long cpuNanos;
    }

    /**
     * Opens the system.
     *
     * @throws Exception if it fails
     */
    @Setup(Level.Trial)
    public void open() throws Exception {
        boolean hot = shape.equals("hot");
        Ledger ledger = new Ledger(hot ? HOT_SENDERS : PAIRS);
        perSender = MESSAGES / ledger.senders();
        driver = new Clients(clients, MessageSystem.open(system, ledger, hot), ledger);
    }

    /** Closes the system. */
    @TearDown(Level.Trial)
    public void close() {
        driver.close();
    }

    /**
     * Sends a batch and waits until it is consumed.
     *
     * @param counts counts what it took
     * @throws Exception if a message is lost, repeated or out of order
     */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void batch(Counts counts) throws Exception {
        long before = Machine.cpuNanos();
        counts.refused += driver.batch(perSender);
        counts.cpuNanos += Machine.cpuNanos() - before;
    }
}
