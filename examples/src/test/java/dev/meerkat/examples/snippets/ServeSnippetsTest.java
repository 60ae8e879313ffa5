package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.*;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.server.*;
import dev.meerkat.store.sqlite.SqliteStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServeSnippetsTest {
    private final Agent agent = turn -> "ok";

    @Test
    void oneMeerkatIsServedOnSeveralSurfaces(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("meerkat.db");
        // snippet: serve
        try (SessionStore store = SqliteStore.open(file);
                Meerkat meerkat = MeerkatRuntime.of(agent).store(store).open();
                RunningServer server = MeerkatServer.of(meerkat)
                        .rest("127.0.0.1", 0) // 0: any free port
                        .tcp("127.0.0.1", 0)
                        .mcp("127.0.0.1", 0)
                        .start()) {
            Session session = meerkat.create(
                    SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
            System.out.println(server.addresses()); // in the order in which they were named
            // end
            int rest = server.addresses().get(0).getPort();
            try (RemoteMeerkat remote =
                    MeerkatClient.rest(URI.create("http://127.0.0.1:" + rest)).open()) {
                assertThat(remote.open(session.id()).snapshot().keepAlive()).isTrue();
            }
            // snippet: serve-until-it-ends
            boolean ended = server.awaitEnd(Duration.ofMillis(100)); // until somebody closes it
            // end
            assertThat(ended).isFalse();
        }
    }

    @Test
    void whatIsBoundedAndGuardedIsSaid() throws Exception {
        String fromASecretStore = "not-a-real-token-but-long-enough";
        try (Meerkat meerkat = MeerkatRuntime.of(agent).open()) {
            // snippet: serve-guarded
            MeerkatServer guarded = MeerkatServer.of(meerkat)
                    .rest("0.0.0.0", 0)
                    .token(fromASecretStore) // without it, a server listens on this machine only
                    .webhookSecret(fromASecretStore)
                    .limits(ServerLimits.defaults().withConnections(2_000).withMessageBytes(1 << 20));
            // end
            try (RunningServer server = guarded.start()) {
                assertThat(server.addresses()).hasSize(1);
            }
            assertThatThrownBy(() ->
                            MeerkatServer.of(meerkat).rest("0.0.0.0", 0).start().close())
                    .isInstanceOf(InvalidFieldException.class)
                    .hasMessageContaining("token");
        }
    }

    @Test
    void anAgentCallsTheToolsOfClients() throws Exception {
        // snippet: serve-tools
        ClientTools tools = ClientTools.create();
        Agent caller = turn -> {
            SessionId self = turn.session().id();
            List<ClientTools.Tool> offered = tools.of(self);
            return offered.isEmpty()
                    ? "no tools"
                    : tools.call(self, offered.get(0).name(), Json.EMPTY_OBJECT, turn.turnId() + "/1")
                            .text();
        };
        try (Meerkat meerkat = MeerkatRuntime.of(caller).open();
                RunningServer server = MeerkatServer.of(meerkat)
                        .tcp("127.0.0.1", 0)
                        .tools(tools)
                        .start()) {
            // end
            Session session = meerkat.create(SessionSpec.ofPrompt("Hello."));
            assertThat(server.addresses()).hasSize(1);
            assertThat(session.initialTurn()
                            .orElseThrow()
                            .await(Duration.ofSeconds(30))
                            .orElseThrow())
                    .isInstanceOf(TurnOutcome.Completed.class);
        }
    }
}
