package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.testkit.StoreFixture;
import dev.meerkat.testkit.contract.Detail;
import dev.meerkat.testkit.contract.MeerkatFixture;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Our own client of our own server of a runtime. A restart is one of all three. */
@SuppressWarnings("try") // closing may be interrupted
final class ServedFixture implements MeerkatFixture {
    private static final String HOST = "127.0.0.1";
    private static final long MOST_MILLIS = 5_000;

    private final Access access;
    private final ContractLine line;
    private final boolean extended;
    private final Path directory;
    private final Consumer<Capability> refusals;
    private final StoreFixture runtime = StoreFixture.memory(StoreFixture.Turns.REAL_THREADS);
    private @Nullable RunningServer server;
    private @Nullable PipedCommand command;
    private @Nullable RemoteMeerkat client;

    /**
     * A fixture.
     *
     * @param extended whether the server offers what is beside the contract
     */
    ServedFixture(Access access, ContractLine line, boolean extended, Path directory, Consumer<Capability> refusals) {
        this.access = access;
        this.line = line;
        this.extended = extended;
        this.directory = directory;
        this.refusals = refusals;
    }

    @Override
    public Meerkat meerkat() {
        RemoteMeerkat current = client;
        if (current == null) {
            try {
                MeerkatServer served = MeerkatServer.of(runtime.meerkat()).contract(line);
                current = connect(extended ? served : served.withoutExtensions());
            } catch (IOException e) {
                throw new IllegalStateException("the server cannot be started", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the client connected", e);
            }
            client = current;
        }
        return current;
    }

    private RemoteMeerkat connect(MeerkatServer served) throws IOException, InterruptedException {
        if (access == Access.STDIO) {
            PipedCommand piped = new PipedCommand(served, Files.createTempDirectory(directory, "pipes"));
            command = piped;
            return MeerkatClient.stdio(piped.executable()).open();
        }
        RunningServer started = (access == Access.REST ? served.rest(HOST, 0) : served.tcp(HOST, 0)).start();
        server = started;
        InetSocketAddress address = started.addresses().get(0);
        return access == Access.REST
                ? MeerkatClient.rest(URI.create("http://" + HOST + ":" + address.getPort()))
                        .open()
                : MeerkatClient.tcp(HOST, address.getPort()).open();
    }

    @Override
    public void agent(Agent agent) {
        runtime.agent(agent);
    }

    @Override
    public void restart() {
        disconnect();
        runtime.restart();
    }

    @Override
    public void crash() {
        disconnect();
        runtime.crash();
    }

    private void disconnect() {
        if (client != null) {
            client.close();
            client = null;
        }
        if (server != null) {
            server.close();
            server = null;
        }
        if (command != null) {
            try {
                command.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            command = null;
        }
    }

    @Override
    public void advance(Duration time) {
        runtime.advance(time);
    }

    @Override
    public Set<Capability> lacking() {
        return lacking(extended);
    }

    /** The runtime is in memory, and the contract has no handles on replies and no dead letters. */
    static Set<Capability> lacking(boolean extended) {
        return extended
                ? EnumSet.of(Capability.DURABLE)
                : EnumSet.of(
                        Capability.REPLY_HANDLES,
                        Capability.SCHEDULES,
                        Capability.DEAD_LETTERS,
                        Capability.DURABLE,
                        Capability.DELETION,
                        Capability.RETENTION);
    }

    @Override
    public Set<Detail> untold() {
        return extended ? EnumSet.of(Detail.REALMS, Detail.LIVE_BUFFER) : untoldByContract();
    }

    /** What the contract has no place for. */
    private Set<Detail> untoldByContract() {
        Set<Detail> untold = EnumSet.of(
                Detail.KEEP_ALIVE_CHANGE,
                Detail.INPUT_EVENTS,
                Detail.LIFECYCLE_EVENTS,
                Detail.PROMPT_IDS,
                Detail.LANE_COUNTS,
                Detail.OWN_PEER_ID,
                Detail.EVENT_SOURCES,
                Detail.REALMS,
                Detail.POSITIONS_WITHOUT_GAPS,
                Detail.LIVE_BUFFER,
                Detail.SENT_ENTRIES,
                Detail.DELIVERIES,
                Detail.LOCAL_INPUTS,
                Detail.ANY_BLOCKS);
        if (line == ContractLine.V0_6 || access.isRest()) {
            untold.add(Detail.INPUT_STATUS);
        }
        if (line == ContractLine.V0_6) {
            untold.addAll(List.of(Detail.TURN_IDS, Detail.TAINTS, Detail.GAP_COUNTS));
        }
        if (line == ContractLine.V0_6 && !access.isRest()) {
            untold.add(Detail.IDLE_INTERRUPTS);
        }
        if (access.isRest()) {
            untold.addAll(List.of(Detail.DEFERRED, Detail.MODEL_AND_ANSWER));
        }
        return untold;
    }

    @Override
    public void refused(Capability lacking) {
        refusals.accept(lacking);
    }

    @Override
    public void close() {
        disconnect();
        runtime.close();
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("meerkat-server")
                                || thread.getName().startsWith("meerkat-client"))
                        .filter(ServedFixture::outlives))
                .as("threads of a closed server or client")
                .isEmpty();
    }

    /** A pool says that it has ended when its threads have no work any more, which is a moment before they end. */
    private static boolean outlives(Thread thread) {
        try {
            thread.join(MOST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return thread.isAlive();
    }
}
