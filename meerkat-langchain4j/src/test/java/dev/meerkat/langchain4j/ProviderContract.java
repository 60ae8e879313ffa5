package dev.meerkat.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.Usage;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole sessions on a model of a provider, over the provider's own protocol. */
abstract class ProviderContract {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Json SCHEMA = Json.parse(
            "{\"type\":\"object\",\"properties\":{\"at\":{\"type\":\"integer\",\"minimum\":1}},\"required\":[\"at\"]}");

    private final Dialect dialect;
    private final FakeProvider provider;
    private final List<Json> seen = new CopyOnWriteArrayList<>();
    private final ChatTool look = new ChatTool("look", "Looks.", SCHEMA, (arguments, key) -> {
        seen.add(arguments);
        return Json.of("saw " + arguments.text());
    });

    ProviderContract(Dialect dialect) throws Exception {
        this.dialect = dialect;
        this.provider = new FakeProvider();
    }

    @AfterEach
    void close() throws Exception {
        provider.close();
    }

    private Meerkat open() {
        return open(LangChain4jModel.of(dialect.streaming(provider.url(), PATIENCE)));
    }

    private Meerkat open(LangChain4jModel model) {
        return MeerkatRuntime.of(ChatAgent.of(model).tools(look))
                .retry(RetryPolicy.inPlace(3, Duration.ofMillis(1), Duration.ofSeconds(5)))
                .open();
    }

    private static Session session(Meerkat meerkat) throws InterruptedException {
        return meerkat.create(
                SessionSpec.ofPrompt("Hi.").withSystemPrompt("Be brief.").withDeferredStart());
    }

    private static TurnOutcome ask(Session session, String prompt) throws InterruptedException {
        return session.startTurn(prompt).await(PATIENCE).orElseThrow();
    }

    private static TurnOutcome.Completed completed(TurnOutcome outcome) {
        assertThat(outcome).isInstanceOf(TurnOutcome.Completed.class);
        return (TurnOutcome.Completed) outcome;
    }

    private void says(FakeProvider.Exchange exchange, String text) throws Exception {
        exchange.open();
        exchange.send(dialect.says(text));
    }

    /** All attempts fail with a code, and say nothing of the key. */
    private void fails(String code, int status, String error) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            provider.then(exchange -> exchange.answer(status, "", "{\"error\":" + error + "}"));
        }
        try (Meerkat meerkat = open()) {
            assertThat(ask(session(meerkat), "Hello.")).isInstanceOfSatisfying(TurnOutcome.Failed.class, failed -> {
                assertThat(failed.code()).as(failed.message()).isEqualTo(code);
                assertThat(failed.message()).doesNotContain(Dialect.KEY);
            });
        }
    }

    /** What was sent, without white space. */
    private String sent(int call) {
        return Json.parse(provider.requests.get(call).body()).text();
    }

    @Test
    void aProviderThatCannotBeReachedIsNamedByItsUrl() throws Exception {
        String url = provider.url().toString();
        provider.close();
        try (Meerkat meerkat = open()) {
            assertThat(ask(session(meerkat), "Hello."))
                    .isInstanceOfSatisfying(
                            TurnOutcome.Failed.class,
                            failed -> assertThat(failed.message())
                                    .contains("cannot connect to " + url)
                                    .doesNotContain(Dialect.KEY));
        }
    }

    @Test
    void anAnswerIsStreamedWithItsUsage() throws Exception {
        provider.then(exchange -> {
            exchange.open();
            exchange.send(dialect.begin());
            exchange.send(List.of(dialect.text("Hel"), dialect.text("lo.")));
            exchange.send(dialect.end(false));
        });
        try (Meerkat meerkat = open()) {
            TurnOutcome.Completed end = completed(ask(session(meerkat), "Hello."));

            assertThat(end.text()).isEqualTo("Hello.");
            assertThat(end.usage()).contains(new Usage(7, 3));
        }
        assertThat(sent(0)).contains("Be brief.", "Hello.", "\"look\"", "\"minimum\":1", "\"required\":[\"at\"]");
        assertThat(provider.requests.get(0).head()).doesNotContainIgnoringCase("upgrade");
    }

    @Test
    void toolCallsThatComeInPiecesAreMadeAndTheirResultsAreSent() throws Exception {
        provider.then(exchange -> {
                    exchange.open();
                    exchange.send(dialect.begin());
                    exchange.send(List.of(dialect.text("I look.")));
                    exchange.send(dialect.tool(0, "call_a", "look", "{\"a", "t\":", "1}"));
                    exchange.send(dialect.tool(1, "call_b", "look", "{\"at\":2", "}"));
                    exchange.send(dialect.end(true));
                })
                .then(exchange -> says(exchange, "Dark."));
        try (Meerkat meerkat = open()) {
            TurnOutcome.Completed end = completed(ask(session(meerkat), "Look."));

            assertThat(end.text()).isEqualTo("Dark.");
            assertThat(end.usage()).contains(new Usage(14, 6));
        }
        assertThat(seen).containsExactlyInAnyOrder(Json.parse("{\"at\":1}"), Json.parse("{\"at\":2}"));
        assertThat(sent(1)).contains("I look.", "call_a", "call_b", "saw {\\\\\\\"at\\\\\\\":1}");
    }

    @Test
    void argumentsThatAreNoJsonAreToldToTheModelInARequestThatIsWellFormed() throws Exception {
        provider.then(exchange -> {
                    exchange.open();
                    exchange.send(dialect.begin());
                    exchange.send(dialect.tool(0, "call_a", "look", "{\"at\":", " oh"));
                    exchange.send(dialect.end(true));
                })
                .then(exchange -> says(exchange, "Sorry."));
        try (Meerkat meerkat = open()) {
            assertThat(completed(ask(session(meerkat), "Look.")).text()).isEqualTo("Sorry.");
        }
        assertThat(seen).isEmpty();
        assertThat(sent(1)).contains("call_a", "must be a JSON object", "not_an_object");
    }

    @Test
    void aRateLimitIsWaitedForAndTriedAgain() throws Exception {
        provider.then(exchange -> exchange.answer(
                        429,
                        "Retry-After: 1\r\n",
                        "{\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\"}}"))
                .then(exchange -> says(exchange, "There."));
        try (Meerkat meerkat = open()) {
            assertThat(completed(ask(session(meerkat), "Hello.")).text()).isEqualTo("There.");
        }
    }

    @Test
    void errorsOfTheServerAreTriedAgain() throws Exception {
        provider.then(exchange -> exchange.answer(500, "", "{\"error\":{\"message\":\"oops\"}}"))
                .then(exchange -> exchange.answer(529, "", "busy"))
                .then(exchange -> says(exchange, "There."));
        try (Meerkat meerkat = open()) {
            assertThat(completed(ask(session(meerkat), "Hello.")).text()).isEqualTo("There.");
        }
        assertThat(provider.requests).hasSize(3);
    }

    @Test
    void anErrorInTheMiddleOfAnAnswerIsTriedAgain() throws Exception {
        provider.then(exchange -> {
                    exchange.open();
                    exchange.send(dialect.begin());
                    exchange.send(List.of(dialect.text("Th"), dialect.overloaded()));
                    exchange.send(dialect.end(false));
                })
                .then(exchange -> says(exchange, "There."));
        try (Meerkat meerkat = open()) {
            assertThat(completed(ask(session(meerkat), "Hello.")).text()).isEqualTo("There.");
        }
    }

    /** With a status that says that all is well. */
    private static FakeProvider.Script inPlaceOfStream(String type, String body) {
        return exchange -> exchange.write("HTTP/1.1 200 OK\r\nContent-Type: " + type
                + "\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private TurnOutcome.Failed failed(FakeProvider.Script script) throws InterruptedException {
        provider.then(script).then(script).then(script);
        try (Meerkat meerkat = open()) {
            TurnOutcome end = ask(session(meerkat), "Hello.");
            assertThat(end).isInstanceOf(TurnOutcome.Failed.class);
            return (TurnOutcome.Failed) end;
        }
    }

    @Test
    void anErrorInThePlaceOfAStreamIsThatError() throws Exception {
        TurnOutcome.Failed end = failed(inPlaceOfStream(
                "application/json",
                "{\n \"error\": {\"message\": \"who are you, " + Dialect.KEY + "\", \"code\": 401}}"));

        assertThat(end.code()).isEqualTo("model_bad_credentials");
        assertThat(end.message()).contains("who are you").doesNotContain(Dialect.KEY);
    }

    @Test
    void aPageInThePlaceOfAStreamIsShown() throws Exception {
        TurnOutcome.Failed end = failed(inPlaceOfStream("text/html", "<html>Please log in.</html>"));

        assertThat(end.code()).isEqualTo("model_failed");
        assertThat(end.message()).contains("no stream of events, but text/html", "Please log in.");
    }

    @Test
    void aStreamOfAnotherTypeIsReadAllTheSame() throws Exception {
        provider.then(exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n");
            exchange.send(dialect.says("There."));
        });
        try (Meerkat meerkat = open()) {
            assertThat(completed(ask(session(meerkat), "Hello.")).text()).isEqualTo("There.");
        }
    }

    @Test
    void anErrorInAStreamIsKnownHoweverItIsSpelled() throws Exception {
        TurnOutcome.Failed end = failed(exchange -> {
            exchange.open();
            exchange.send(List.of("data: { \"error\" : {\"message\":\"no such key\",\"code\":\"403\"} }"));
        });

        assertThat(end.code()).isEqualTo("model_bad_credentials");
        assertThat(end.message()).contains("no such key");
    }

    @Test
    void anAnswerThatEndsBeforeItsEndIsNotTakenForWhole() throws Exception {
        provider.then(exchange -> {
                    exchange.open();
                    exchange.send(dialect.begin());
                    exchange.send(List.of(dialect.text("Transfer 10")));
                })
                .then(exchange -> says(exchange, "Transfer 1000."));
        try (Meerkat meerkat = open()) {
            assertThat(completed(ask(session(meerkat), "How much?")).text()).isEqualTo("Transfer 1000.");
        }
    }

    @Test
    void anAnswerWhoseConnectionBreaksIsNotTakenForWhole() throws Exception {
        provider.then(exchange -> {
                    exchange.open();
                    exchange.send(dialect.begin());
                    exchange.send(List.of(dialect.text("Transfer 10")));
                    exchange.reset();
                })
                .then(exchange -> says(exchange, "Transfer 1000."));
        try (Meerkat meerkat = open()) {
            assertThat(completed(ask(session(meerkat), "How much?")).text()).isEqualTo("Transfer 1000.");
        }
    }

    @Test
    void aToolCallThatIsCutIsNotMade() throws Exception {
        provider.then(exchange -> {
                    exchange.open();
                    exchange.send(dialect.begin());
                    exchange.send(dialect.tool(0, "call_a", "look", "{\"at\":1}"));
                })
                .then(exchange -> says(exchange, "Never mind."));
        try (Meerkat meerkat = open()) {
            assertThat(completed(ask(session(meerkat), "Look.")).text()).isEqualTo("Never mind.");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void anEventThatIsNoJsonIsAFailureAndNoGap() throws Exception {
        provider.then(exchange -> {
                    exchange.open();
                    exchange.send(dialect.begin());
                    exchange.send(List.of(
                            "event: content_block_delta\ndata: {\"index\":0,\"delta\":{", dialect.text("not good")));
                    exchange.send(dialect.end(false));
                })
                .then(exchange -> exchange.answer(401, "", "{}"));
        try (Meerkat meerkat = open()) {
            assertThat(ask(session(meerkat), "Hello.")).isInstanceOf(TurnOutcome.Failed.class);
        }
    }

    @Test
    void aBadKeyFailsAndIsNotShown() throws Exception {
        fails("model_bad_credentials", 401, "{\"message\":\"no such key: " + Dialect.KEY + "\"}");
    }

    @Test
    void aConversationThatIsTooLongFails() throws Exception {
        fails(
                "model_context_too_long",
                400,
                "{\"message\":\"prompt is too long: 2 > 1\",\"type\":\"invalid_request_error\"}");
    }

    @Test
    void aRefusalFails() throws Exception {
        fails("model_refused", 400, "{\"message\":\"no\",\"code\":\"content_filter\"}");
    }

    @Test
    void aQuotaThatIsUsedUpIsNoRateLimit() throws Exception {
        fails("model_failed", 429, "{\"message\":\"pay\",\"code\":\"insufficient_quota\"}");
    }

    @Test
    void aModelThatFallsSilentIsGivenUp() throws Exception {
        List<CompletableFuture<Long>> closed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Long> one = new CompletableFuture<>();
            closed.add(one);
            provider.then(exchange -> {
                exchange.open();
                exchange.send(dialect.begin());
                exchange.send(List.of(dialect.text("Well")));
                exchange.awaitClosed(one);
            });
        }
        try (Meerkat meerkat = open(LangChain4jModel.of(dialect.streaming(provider.url(), Duration.ofMillis(300))))) {
            assertThat(ask(session(meerkat), "Hello."))
                    .isInstanceOfSatisfying(
                            TurnOutcome.Failed.class,
                            failed -> assertThat(failed.code())
                                    .as(failed.message())
                                    .isEqualTo("model_stalled"));
        }
        for (CompletableFuture<Long> one : closed) {
            one.get(2, TimeUnit.MINUTES);
        }
    }

    @Test
    void anInterruptClosesACallThatHasNoAnswerYet() throws Exception {
        interrupted("before headers", "", exchange -> {});
    }

    @Test
    void anInterruptClosesACallWhoseModelIsSilent() throws Exception {
        interrupted("after headers", "", FakeProvider.Exchange::open);
    }

    @Test
    void anInterruptClosesACallInMidAnswerAndKeepsWhatWasSaid() throws Exception {
        interrupted("in mid-answer", "so far", exchange -> {
            exchange.open();
            exchange.send(dialect.begin());
            exchange.send(List.of(dialect.text("so "), dialect.text("far")));
        });
    }

    private static void awaitText(EventStream events, String text) throws InterruptedException {
        StringBuilder heard = new StringBuilder();
        while (!heard.toString().equals(text)) {
            if (events.next(PATIENCE).orElseThrow() instanceof SessionEvent.TextDelta delta) {
                heard.append(delta.delta());
            }
        }
    }

    private void interrupted(String when, String said, FakeProvider.Script begin) throws Exception {
        CompletableFuture<Long> closed = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        provider.then(exchange -> {
            begin.run(exchange);
            begun.countDown();
            exchange.awaitClosed(closed);
        });
        try (Meerkat meerkat = open()) {
            Session session = session(meerkat);
            EventStream events = session.events(session.snapshot().lastCursor().orElseThrow());
            Turn turn = session.startTurn("Talk.");
            assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
            awaitText(events, said);
            long start = System.nanoTime();
            session.interrupt();
            long end = closed.get(2, TimeUnit.MINUTES);

            assertThat(turn.await(PATIENCE).orElseThrow())
                    .isInstanceOfSatisfying(
                            TurnOutcome.Interrupted.class,
                            outcome -> assertThat(outcome.text()).isEqualTo(said));
            System.out.printf(
                    "%s, %s: connection closed %.2f ms after interrupt()%n",
                    dialect.getClass().getSimpleName(), when, (end - start) / 1e6);
        }
    }
}
