package dev.meerkat.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TraceContext;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.AgentRouter;
import dev.meerkat.store.sqlite.SqliteStore;
import dev.meerkat.testkit.MeerkatHarness;
import dev.meerkat.testkit.ScriptedModel;
import dev.meerkat.webhooks.WebhookRequest;
import dev.meerkat.webhooks.WebhookRoute;
import dev.meerkat.webhooks.WebhookSecret;
import dev.meerkat.webhooks.WebhookTarget;
import dev.meerkat.webhooks.Webhooks;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeerkatTracingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SENDER = "00f067aa0ba902b7";
    private static final String PARENT = "00-" + TRACE + "-" + SENDER + "-01";
    private static final String OTHER = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetry telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    private final MeerkatTracing tracing = MeerkatTracing.of(telemetry);
    private final List<String> inTool = new CopyOnWriteArrayList<>();

    @Test
    void aWebhookTwoSessionsAndAToolCallAreOneTraceAcrossARestart(@TempDir Path folder) throws InterruptedException {
        Path file = folder.resolve("sessions.db");
        ScriptedModel model = ScriptedModel.create().asks("", "restart", "{}").says("restarted");
        AgentRouter agent = AgentRouter.create()
                .byName("triage", turn -> {
                    if (turn.inputs().get(0).body() instanceof InputBody.External) {
                        turn.comms().send(PeerMessage.to("owner", "the build is broken"));
                    }
                    return "ok";
                })
                .byName("owner", turn -> {
                    boolean asked = turn.inputs().get(0).body() instanceof InputBody.PeerMessage;
                    return asked ? chat(model).answer(turn) : "ok";
                });

        try (SqliteStore store = SqliteStore.open(file);
                Meerkat meerkat = open(store, agent)) {
            // It does not wake for messages yet, so that the next runtime finds the message waiting.
            begin(meerkat, SessionSpec.ofPrompt("You own the build.").withCommsName("owner"));
            begin(meerkat, SessionSpec.ofPrompt("You triage.").withKeepAliveAs("triage"));
        }
        // Closed, as a caller may know of the end of a turn before listeners do.
        exporter.reset();
        try (SqliteStore store = SqliteStore.open(file);
                Meerkat meerkat = open(store, agent)) {
            Session triage = meerkat.open("triage");
            Cursor before = triage.snapshot().log().lastCursor().orElseThrow();
            assertThat(deliver(meerkat)).isEqualTo(202);
            awaitTurn(triage, before);
        }
        try (SqliteStore store = SqliteStore.open(file);
                Meerkat meerkat = open(store, agent)) {
            Session owner = meerkat.open("owner");
            Cursor before = owner.snapshot().log().lastCursor().orElseThrow();
            owner.changeKeepAlive(true);
            awaitTurn(owner, before);
        }

        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans).extracting(SpanData::getTraceId).containsOnly(TRACE);
        assertThat(spans)
                .extracting(span -> span.getSpanContext().getTraceState().asMap())
                .as("the state goes along, across the restart, too")
                .containsOnly(Map.of("vendor", "a", "other", "1"));
        assertThat(spans)
                .extracting(SpanData::getName)
                .containsExactlyInAnyOrder(
                        "process triage",
                        "invoke_agent triage",
                        "send owner",
                        "process owner",
                        "invoke_agent owner",
                        "chat",
                        "execute_tool restart",
                        "chat");
        assertThat(links(span("process triage"))).containsExactly(SENDER);
        assertThat(links(span("process owner")))
                .containsExactly(span("send owner").getSpanId());
        assertThat(span("process triage").getParentSpanId()).isEqualTo(SENDER);
        assertThat(span("process owner").getParentSpanId())
                .isEqualTo(span("send owner").getSpanId());
        assertThat(span("send owner").getParentSpanId())
                .isEqualTo(span("invoke_agent triage").getSpanId());
        assertThat(span("execute_tool restart").getParentSpanId())
                .isEqualTo(span("invoke_agent owner").getSpanId());
        assertThat(inTool).containsExactly(span("execute_tool restart").getSpanId());
    }

    private ChatAgent chat(ScriptedModel model) {
        return ChatAgent.of(model)
                .tools(new ChatTool(
                        "restart", "Restarts the build.", Json.parse("{\"type\":\"object\"}"), (arguments, key) -> {
                            inTool.add(Span.current().getSpanContext().getSpanId());
                            return Json.of("done");
                        }));
    }

    private Meerkat open(SqliteStore store, AgentRouter agent) {
        return MeerkatRuntime.of(agent).store(store).listener(tracing).open();
    }

    private static Session begin(Meerkat meerkat, SessionSpec spec) throws InterruptedException {
        Session session = meerkat.create(spec);
        assertThat(session.initialTurn().orElseThrow().await(PATIENCE)).isPresent();
        return session;
    }

    private static int deliver(Meerkat meerkat) throws InterruptedException {
        WebhookSecret secret = WebhookSecret.of("a shared secret");
        byte[] body = "{\"action\":\"completed\"}".getBytes(StandardCharsets.UTF_8);
        Map<String, List<String>> headers = Map.of(
                "X-Gitlab-Token", List.of("a shared secret"),
                "X-Gitlab-Event", List.of("Pipeline Hook"),
                "X-Gitlab-Event-UUID", List.of("5ea3d4b2"),
                "Content-Type", List.of("application/json"),
                "traceparent", List.of(PARENT),
                "tracestate", List.of("vendor=a,other=1"));
        return Webhooks.of(meerkat, List.of(WebhookRoute.gitlab("gitlab", WebhookTarget.named("triage"), secret)))
                .handle("gitlab", new WebhookRequest("POST", headers, body))
                .status();
    }

    private static void awaitTurn(Session session, Cursor after) throws InterruptedException {
        try (EventStream events = session.events(after)) {
            while (true) {
                SessionEvent event = events.next(PATIENCE).orElseThrow();
                if (event instanceof SessionEvent.TurnCompleted) {
                    return;
                }
            }
        }
    }

    @Test
    void aTurnOfSeveralTracesLinksThemAllAndIsATraceOfItsOwn() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            Meerkat meerkat = harness.listener(tracing).answeredBy(turn -> "ok").meerkat();
            Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withCommsName("a"));
            harness.settle();
            exporter.reset();
            for (String parent : List.of(PARENT, OTHER)) {
                inTrace(parent, session, Json.NULL);
            }
            session.changeKeepAlive(true);
            harness.settle();
        }
        SpanData process = span("process a");
        assertThat(process.getTraceId()).isNotEqualTo(TRACE).doesNotStartWith("aaaa");
        assertThat(process.getParentSpanContext().isValid()).isFalse();
        assertThat(links(process)).containsExactly(SENDER, "bbbbbbbbbbbbbbbb");
        assertThat(process.getAttributes().get(Conventions.BATCH_SIZE)).isEqualTo(2);
    }

    @Test
    void anAttemptThatFailedAndTheNextOneAreInTheTraceOfTheInput() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            Meerkat meerkat = harness.listener(tracing)
                    .retry(RetryPolicy.defaults())
                    .answeredBy(turn -> {
                        if (turn.inputs().get(0).body() instanceof InputBody.External && calls.getAndIncrement() == 0) {
                            throw new IllegalStateException("secret text");
                        }
                        return "ok";
                    })
                    .meerkat();
            Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.settle();
            exporter.reset();
            inTrace(PARENT, session, Json.of("private text"));
            harness.settle();
            harness.advance(Duration.ofMinutes(10));
            harness.settle();
        }
        List<SpanData> attempts = exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals("process a"))
                .toList();
        assertThat(attempts).hasSize(2).allSatisfy(span -> {
            assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
            assertThat(span.getTraceId()).isEqualTo(TRACE);
            assertThat(links(span)).containsExactly(SENDER);
        });
        assertThat(attempts.get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attempts.get(0).getAttributes().get(Conventions.ERROR_TYPE)).isEqualTo("agent_error");
        assertThat(attempts.get(1).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(attempts.get(1).getAttributes().get(Conventions.OUTCOME)).isEqualTo("completed");
        // Content is nowhere.
        assertThat(exporter.getFinishedSpanItems().toString()).doesNotContain("secret text", "private text", "Begin.");
    }

    @Test
    void whatTheHostSendsIsInItsCurrentSpan() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            Meerkat meerkat = harness.listener(tracing).answeredBy(turn -> "ok").meerkat();
            meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("b"));
            Session a = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.settle();
            exporter.reset();
            Span request = telemetry.getTracer("host").spanBuilder("request").startSpan();
            try (Scope scope = request.makeCurrent()) {
                assertThat(scope).isNotNull();
                a.send(PeerMessage.to("b", "hello"));
            }
            request.end();
            harness.settle();
        }
        assertThat(exporter.getFinishedSpanItems())
                .extracting(SpanData::getTraceId)
                .containsOnly(span("request").getTraceId());
        assertThat(span("send b").getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(span("process b").getParentSpanId()).isEqualTo(span("send b").getSpanId());
    }

    private static void inTrace(String parent, Session session, Json payload) throws InterruptedException {
        TraceContext.Scope scope = TraceContext.enter(new TraceContext(parent));
        try {
            session.sendExternalEvent(ExternalEvent.genericJson("alert", payload));
        } finally {
            scope.close();
        }
    }

    private SpanData span(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is none of " + exporter.getFinishedSpanItems()));
    }

    private static List<String> links(SpanData span) {
        return span.getLinks().stream()
                .map(LinkData::getSpanContext)
                .map(context -> context.getSpanId())
                .toList();
    }
}
