package dev.meerkat.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One call of a server and its answer over the loopback interface: through the client, and without it. */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.SampleTime, Mode.AverageTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init")
public class RemoteOverheadBenchmark {
    /** How the call is made. */
    @Param({"rpc-client", "rpc-reader", "rpc-caller", "rest-client", "rest-dispatcher", "rest-caller"})
    public String way;

    private LoopbackServer server;
    private RemoteCall call;

    /**
     * Starts the server, the same for all ways of its surface, and connects.
     *
     * @throws Exception if it fails
     */
    @Setup(Level.Trial)
    public void open() throws Exception {
        server = way.startsWith("rest-") ? LoopbackServer.http() : LoopbackServer.lines();
        call = RemoteCall.open(way, server.port());
    }

    /**
     * Ends the connection and the server.
     *
     * @throws IOException if it fails
     */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        call.close();
        server.close();
    }

    /**
     * Makes the call.
     *
     * @return something of the answer
     * @throws Exception if it fails
     */
    @Benchmark
    public Object roundTrip() throws Exception {
        return call.once();
    }
}
