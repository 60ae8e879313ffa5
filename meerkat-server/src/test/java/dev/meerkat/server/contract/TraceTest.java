package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TraceContext;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.wire.ContractLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The trace of a call goes with what it sends, on every surface. */
@Timeout(120)
class TraceTest {
    private static final String HOST = "127.0.0.1";
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final TraceContext TRACE = new TraceContext(PARENT, Optional.of("vendor=a b,other=1"));

    private final BlockingQueue<Optional<TraceContext>> traces = new LinkedBlockingQueue<>();
    private final Meerkat runtime = MeerkatRuntime.of(turn -> {
                turn.inputs().forEach(input -> traces.add(input.trace()));
                return "ok";
            })
            .open();

    @AfterEach
    void close() {
        runtime.close();
    }

    @ParameterizedTest
    @EnumSource
    void ourClientSendsTheTraceOfItsThread(ContractLine line) throws Exception {
        runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("agent-a"));
        assertThat(next()).isEmpty();
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
                TraceContext.Scope scope = TraceContext.enter(TRACE);
                try {
                    client.open("agent-a").sendExternalEvent(ExternalEvent.genericJson("alert", Json.NULL));
                } finally {
                    scope.close();
                }
                assertThat(next()).contains(TRACE);
                client.open("agent-a").sendExternalEvent(ExternalEvent.genericJson("alert", Json.NULL));
                assertThat(next()).isEmpty();
            }
        }
    }

    @Test
    void aToolCallOfMcpHasItsTraceInItsMeta() throws Exception {
        try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = new Socket(port.getInetAddress(), port.getLocalPort());
                Socket far = port.accept();
                RunningServer server = MeerkatServer.of(runtime)
                        .mcpStreams(far.getInputStream(), far.getOutputStream())
                        .start()) {
            assertThat(server).isNotNull();
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(near.getInputStream(), StandardCharsets.UTF_8));
            say(
                    near,
                    "{'jsonrpc':'2.0','id':0,'method':'initialize','params':{'protocolVersion':'2025-06-18',"
                            + "'capabilities':{},'clientInfo':{'name':'t','version':'1'}}}");
            assertThat(answers.readLine()).contains("result");
            say(near, "{'jsonrpc':'2.0','method':'notifications/initialized'}");
            say(
                    near,
                    "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'meerkat_run','arguments':"
                            + "{'prompt':'begin'},'_meta':{'traceparent':'" + PARENT
                            + "','tracestate':'vendor=a b,other=1'}}}");
            assertThat(next()).contains(TRACE);
        }
    }

    private static void say(Socket to, String line) throws IOException {
        OutputStream out = to.getOutputStream();
        out.write((line.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private Optional<TraceContext> next() throws InterruptedException {
        Optional<TraceContext> trace = traces.poll(60, TimeUnit.SECONDS);
        assertThat(trace).as("the trace of the next input").isNotNull();
        return trace;
    }
}
