package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.wire.ContractLine;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions that have a name of which no client knows, and our own client. */
@Timeout(60)
class NamesTest {
    private static final String HOST = "127.0.0.1";

    private final Meerkat runtime = MeerkatRuntime.of((Agent) turn -> "ok").open();

    @AfterEach
    void close() throws InterruptedException {
        runtime.close();
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void aSessionThatWasNamedInThisJvmIsFoundByItsName(ContractLine line) throws Exception {
        Session named = runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("agent-a"));
        runtime.create(SessionSpec.ofPrompt("begin").withCommsName("agent-b"));
        runtime.create(SessionSpec.ofPrompt("begin"));
        try (RunningServer server = MeerkatServer.of(runtime)
                        .contract(line)
                        .rest(HOST, 0)
                        .tcp(HOST, 0)
                        .start();
                RemoteMeerkat rest = MeerkatClient.rest(URI.create("http://" + HOST + ":"
                                + server.addresses().get(0).getPort()))
                        .open();
                RemoteMeerkat tcp = MeerkatClient.tcp(
                                HOST, server.addresses().get(1).getPort())
                        .open()) {
            for (RemoteMeerkat client : List.of(rest, tcp)) {
                assertThat(client.open("agent-a").id()).isEqualTo(named.id());
                assertThat(client.open("agent-a").snapshot().keepAlive()).isTrue();
                assertThat(client.open("agent-b").snapshot().keepAlive()).isFalse();
                assertThat(client.list(SessionQuery.all()).sessions())
                        .filteredOn(session -> session.commsName().isPresent())
                        .extracting(session -> session.commsName().orElseThrow())
                        .containsExactly("agent-a", "agent-b");
                assertThatThrownBy(() -> client.open("agent-c")).isInstanceOf(SessionNotFoundException.class);
            }
        }
    }
}
