package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.TcpConnector;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our own client at our own server that asks for a token, over TCP. */
@Timeout(60)
class TokenTest {
    private static final String TOKEN = "s3cret-of-the-test";

    private final Meerkat runtime = MeerkatRuntime.of((Agent) turn -> "ok").open();
    private RunningServer server;

    private TcpConnector connector(ContractLine line) throws IOException {
        server = MeerkatServer.of(runtime)
                .contract(line)
                .token(TOKEN)
                .tcp("127.0.0.1", 0)
                .start();
        return MeerkatClient.tcp("127.0.0.1", server.addresses().get(0).getPort());
    }

    @AfterEach
    void close() throws InterruptedException {
        server.close();
        runtime.close();
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void whoShowsTheTokenIsServed(ContractLine line) throws Exception {
        try (RemoteMeerkat client = connector(line).token(TOKEN).open()) {
            Session session = client.create(SessionSpec.ofPrompt("begin"));

            assertThat(client.open(session.id()).snapshot().id()).isEqualTo(session.id());
        }
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void whoShowsNoneIsToldWhatIsMissing(ContractLine line) throws Exception {
        TcpConnector connector = connector(line);

        assertThatThrownBy(connector::open).isInstanceOfSatisfying(NotDoneException.class, refused -> {
            assertThat(refused.code()).isEqualTo("unauthorized");
            assertThat(refused).hasMessageContaining("asks for a token").hasMessageContaining("token(...)");
        });
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void whoShowsAnotherOneIsRefusedWithoutAWordOfIt(ContractLine line) throws Exception {
        TcpConnector connector = connector(line).token("another");

        assertThatThrownBy(connector::open).isInstanceOfSatisfying(NotDoneException.class, refused -> {
            assertThat(refused.code()).isEqualTo("unauthorized");
            assertThat(refused)
                    .hasMessageContaining("does not take the token")
                    .hasMessageNotContainingAny("another", TOKEN);
        });
    }
}
