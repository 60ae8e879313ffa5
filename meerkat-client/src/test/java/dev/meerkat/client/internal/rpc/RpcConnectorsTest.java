package dev.meerkat.client.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.StdioConnector;
import dev.meerkat.client.fault.HostileArena;
import dev.meerkat.client.fault.HostileServer.Way;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RpcConnectorsTest {

    @Test
    void hostAndPortAreChecked() {
        assertThatThrownBy(() -> MeerkatClient.tcp(" ", 4800))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("host"));
        assertThatThrownBy(() -> MeerkatClient.tcp("localhost", 0))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("port"));
        assertThatThrownBy(() -> MeerkatClient.tcp("localhost", 65536)).isInstanceOf(InvalidFieldException.class);
    }

    @Test
    void aRealmIsGivenOrMadeButNotBoth() {
        StdioConnector connector = MeerkatClient.stdio();

        assertThatThrownBy(() -> connector.realm("team").isolated()).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> connector.isolated().realm("team")).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> connector.realm(""))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("realm"));
    }

    @Test
    void twoToolsMustNotHaveOneName() {
        assertThatThrownBy(() ->
                        MeerkatClient.tcp("localhost", 1).tools(List.of(CallbackTools.echo(), CallbackTools.echo())))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("tools"));
    }

    @Test
    void aTokenIsSentOnlyWhereThereIsOneAndMustNotBeBlank() throws Exception {
        assertThatThrownBy(() -> MeerkatClient.tcp("localhost", 1).token(" "))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("token"));
        try (ScriptedServer server = new ScriptedServer((message, peer) -> peer.answer(message, "{}"));
                RemoteMeerkat meerkat =
                        MeerkatClient.tcp(server.host(), server.port()).open()) {
            assertThat(meerkat.contractVersion()).isEqualTo("0.9.8");
            assertThat(server.await("initialize").path("params")).isEmpty();
        }
    }

    @Test
    void aTokenThatTheServerRepeatsIsInNoError() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> {})) {
            server.refusal = "not with s3cret";

            assertThatThrownBy(() -> MeerkatClient.tcp(server.host(), server.port())
                            .token("s3cret")
                            .open())
                    .isInstanceOf(ServerUnreachableException.class)
                    .hasMessageContaining("not with (hidden)")
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void tcpConnectsWithWhatWasSet() throws Exception {
        try (ScriptedServer server = new ScriptedServer((message, peer) -> peer.answer(message, "{'status':'ok'}"));
                RemoteMeerkat meerkat = MeerkatClient.tcp(server.host(), server.port())
                        .timeouts(Rpc.PATIENT)
                        .limits(ClientLimits.defaults())
                        .tools(List.of(CallbackTools.echo()))
                        .wakeAfterEvents()
                        .open()) {
            assertThat(meerkat.contractVersion()).isEqualTo("0.9.8");
            assertThat(meerkat.capabilities().has(Capability.EVENT_WAKE)).isTrue();
            assertThat(server.await("tools/register").at("/params/tools/0/name").asText())
                    .isEqualTo("echo");
            assertThat(meerkat.checkHealth()).isEmpty();
            assertThat(server.await("runtime/health").has("id")).isTrue();
        }
    }

    @Test
    void optionsAreArgumentsOfTheChild() throws Exception {
        ChildCommand child = HostileArena.child(Way.EXIT_AT_ONCE);
        StdioConnector connector = MeerkatClient.stdio(child.executable())
                .realm("team")
                .instance("one")
                .realmBackend("sqlite")
                .stateRoot(Path.of("state"))
                .contextRoot(Path.of("context"))
                .userConfigRoot(Path.of("user"))
                .environment(Map.of("A", "1"))
                .environment(Map.of("RUST_LOG", "off"))
                .arguments(child.arguments())
                .timeouts(Rpc.PATIENT)
                .limits(ClientLimits.defaults())
                .tools(List.of())
                .wakeAfterEvents();

        // The JVM, which is no server, names the first option that it does not know.
        assertThatThrownBy(connector::open)
                .isInstanceOf(ServerUnreachableException.class)
                .hasMessageContaining("exit code is 1")
                .hasMessageContaining("--realm");
    }

    @Test
    void stdioStartsTheServer() throws Exception {
        ChildCommand child = HostileArena.child(Way.NONE);
        try (RemoteMeerkat meerkat = MeerkatClient.stdio(child.executable())
                .arguments(child.arguments())
                .timeouts(Rpc.PATIENT)
                .open()) {
            assertThat(meerkat.capabilities().name()).isEqualTo("hostile");
            assertThat(meerkat.capabilities().has(Capability.EVENT_WAKE)).isFalse();
        }
    }
}
