package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Retention;
import dev.meerkat.api.StoreInUseException;
import dev.meerkat.cli.StoreAddress.OpenStore;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.RestConnector;
import dev.meerkat.client.TcpConnector;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.SystemEnvironment;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Opens places. */
final class Places {
    private static final int LOCK_TRIES = 50;
    private static final long LOCK_WAIT_MS = 100;
    /** A process ends within seconds, whatever its agents do. */
    private static final RuntimeLimits.Waits RUNNING =
            new RuntimeLimits.Waits(Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofMillis(1_200));
    /** Loops that never run need not be waited for. */
    private static final RuntimeLimits.Waits STILL =
            new RuntimeLimits.Waits(Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofMillis(1));

    private Places() {}

    /** A runtime in this process, in memory if there is no store. */
    static Place running(
            Optional<StoreAddress> address, String realm, Agent agent, Retention retention, Surroundings surroundings)
            throws InterruptedException {
        OpenStore opened = address.isPresent()
                ? patiently(address.get(), surroundings)
                : new OpenStore(MemoryStore.create(), () -> {});
        MeerkatRuntime runtime = MeerkatRuntime.of(agent)
                .store(opened.store())
                .retention(retention)
                .limits(RuntimeLimits.defaults().withWaits(RUNNING));
        return open(runtime, realm, Optional.empty(), opened, () -> {
            surroundings.programs().close();
            if (agent instanceof AgentClass.LoadedAgent own) {
                own.close();
            }
        });
    }

    /** A store that is read, and takes in what is sent, while no turn runs. */
    static Place still(Path file, String realm) {
        SessionStore store = SqliteStore.open(file);
        SystemEnvironment system = SystemEnvironment.create();
        MeerkatRuntime runtime = MeerkatRuntime.of(turn -> "")
                .store(store)
                .environment(system.withExecutor(task -> {}))
                .limits(RuntimeLimits.defaults().withWaits(STILL));
        return open(runtime, realm, Optional.of(store), new OpenStore(store, () -> {}), system::close);
    }

    private static Place open(
            MeerkatRuntime runtime, String realm, Optional<SessionStore> still, OpenStore opened, Runnable beneath) {
        return new Place(runtime.open(), realm, still, () -> {
            beneath.run();
            opened.store().close();
            opened.beneath().run();
        });
    }

    /** A process that was told to end may still hold the store for some seconds. */
    private static OpenStore patiently(StoreAddress address, Surroundings surroundings) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                return address.open(surroundings);
            } catch (StoreInUseException e) {
                if (tries == LOCK_TRIES) {
                    throw e;
                }
            }
            TimeUnit.MILLISECONDS.sleep(LOCK_WAIT_MS);
        }
    }

    /** A server. */
    static Place remote(String server, String realm, Optional<String> token) throws InterruptedException {
        RemoteMeerkat meerkat = server.startsWith("tcp://") ? tcp(server, token) : rest(server, token);
        return new Place(meerkat, realm, Optional.empty(), () -> {});
    }

    private static RemoteMeerkat tcp(String server, Optional<String> token) throws InterruptedException {
        HostPort at = HostPort.parse("server", server.substring("tcp://".length()));
        TcpConnector connector = MeerkatClient.tcp(at.host(), at.port());
        return token.map(connector::token).orElse(connector).open();
    }

    private static RemoteMeerkat rest(String server, Optional<String> token) throws InterruptedException {
        URI uri;
        try {
            uri = URI.create(server);
        } catch (IllegalArgumentException e) {
            throw new InvalidFieldException("server", server, "must be http://HOST:PORT or tcp://HOST:PORT", e);
        }
        RestConnector connector = MeerkatClient.rest(uri);
        return (token.isPresent() ? connector.bearer(token.get()) : connector).open();
    }
}
