package dev.meerkat.conformance;

import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.testkit.contract.MeerkatContract;
import dev.meerkat.testkit.contract.MeerkatFixture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of the test kit at every installed server, in every way to it. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.meerkat.conformance.Reached#all")
@ExtendWith(ConformanceReport.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealContractTest extends MeerkatContract implements OfServer {
    @Parameter
    Reached reached;

    private final List<ServerHome> homes = new ArrayList<>();
    private @Nullable RealServer server;

    @Override
    public Reached reached() {
        return reached;
    }

    @BeforeParameterizedClassInvocation
    void startServer(Reached reached) throws IOException, InterruptedException {
        switch (reached.access()) {
            case TCP -> server = RealServer.tcp(reached.server(), newHome());
            case REST -> server = RealServer.rest(reached.server(), newHome());
            case STDIO -> server = null;
        }
    }

    @AfterParameterizedClassInvocation
    void stopServer() {
        if (server != null) {
            server.close();
        }
        homes.forEach(ServerHome::close);
        homes.clear();
    }

    private ServerHome newHome() {
        ServerHome home = ServerHome.create();
        homes.add(home);
        return home;
    }

    @Override
    protected MeerkatFixture open() {
        if (server == null) {
            ServerHome home = newHome();
            return new RealFixture(
                    reached,
                    () -> told(
                            MeerkatClient.stdio(home.launcher(reached.server())).open()));
        }
        RealServer running = server;
        return new RealFixture(reached, () -> told(connect(running)));
    }

    private RemoteMeerkat connect(RealServer running) throws InterruptedException {
        return reached.isRest()
                ? MeerkatClient.rest(running.uri())
                        .webhookSecret(ServerHome.WEBHOOK_SECRET)
                        .open()
                : MeerkatClient.tcp("127.0.0.1", running.port()).open();
    }

    private RemoteMeerkat told(RemoteMeerkat client) {
        Tally.RUN.declared(reached, client.capabilities());
        return client;
    }
}
