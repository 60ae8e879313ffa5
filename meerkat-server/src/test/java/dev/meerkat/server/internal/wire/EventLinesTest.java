package dev.meerkat.server.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.testkit.MeerkatHarness;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs that do not go as they should, on each line. */
class EventLinesTest {
    private final Logs logs = new Logs();

    @AfterEach
    void close() {
        logs.close();
    }

    private static List<JsonNode> payloads(Session session, ContractLine line, String type) throws Exception {
        return Logs.wire(session, line, Cursor.START).stream()
                .filter(event -> event.type().equals(type))
                .map(event -> Logs.read(Logs.payload(event)))
                .toList();
    }

    @Test
    void aRunWhoseInputsAreThenHandledOneByOneEndsToo() throws Exception {
        Session session = logs.named("a");
        Turn held = session.startTurn("hold");
        logs.awaitHeld();
        session.send(CommsCommand.Input.of("poison"));
        InputId work = session.send(CommsCommand.Input.of("work")).inputId();
        logs.openHeld();
        Logs.ended(held);
        Logs.ended(session.startTurn("last"));
        logs.awaitDeadLetter(session);
        logs.awaitConsumed(session, work);
        session.archive();

        List<WireEvent> told = Logs.wire(session, ContractLine.V0_9, Cursor.START);

        assertThat(told.stream().flatMap(event -> event.endOfRun().stream()))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(payloads(session, ContractLine.V0_9, "run_started").stream()
                        .map(run -> run.path("identity").path("run_id").asText())
                        .toList());
        assertThat(payloads(session, ContractLine.V0_9, "run_failed")).hasSizeGreaterThanOrEqualTo(2);
        assertThat(payloads(session, ContractLine.V0_9, "interaction_failed"))
                .singleElement()
                .satisfies(failed -> {
                    assertThat(failed.path("reason").path("kind").asText()).isEqualTo("abandoned");
                    assertThat(failed.path("reason").path("detail").asText()).contains("asked to fail");
                });
        assertThat(payloads(session, ContractLine.V0_6, "interaction_failed"))
                .singleElement()
                .satisfies(failed -> assertThat(failed.path("error").asText()).contains("asked to fail"));
    }

    /** The ids of runs in events of a type, in order. */
    private static List<String> runs(List<WireEvent> events, String type) {
        return events.stream()
                .filter(event -> event.type().equals(type))
                .map(event ->
                        Logs.payload(event).path("identity").path("run_id").asText())
                .toList();
    }

    @Test
    void aRunThatWaitsForItsRetryStaysOpenWhileOthersRun() throws Exception {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            harness.agent()
                    .on("a")
                    .expectAny()
                    .answer("ready")
                    .expectAny()
                    .fail(new IOException("away"))
                    .expectAny()
                    .answer("in between")
                    .expectAny()
                    .answer("at last");
            Session session =
                    harness.meerkat().create(SessionSpec.ofPrompt("Hello.").withKeepAliveAs("a"));
            harness.settle();
            session.send(CommsCommand.Input.of("work"));
            harness.settle();
            session.startTurn("another");
            harness.settle();
            harness.advance(Duration.ofMinutes(1));

            List<WireEvent> whole = Logs.wire(session, ContractLine.V0_9, Cursor.START);
            List<String> started = runs(whole, "run_started");
            assertThat(started).hasSize(3).doesNotHaveDuplicates();
            assertThat(runs(whole, "run_completed")).containsExactly(started.get(0), started.get(2), started.get(1));
            assertThat(runs(whole, "run_failed")).isEmpty();
            assertThat(payloads(session, ContractLine.V0_9, "run_resumed")).hasSize(1);
            assertThat(payloads(session, ContractLine.V0_9, "interaction_complete"))
                    .singleElement()
                    .satisfies(done -> assertThat(done.path("result").asText()).isEqualTo("at last"));
            for (WireEvent at : Logs.logged(whole)) {
                Cursor after = Sequences.readAfter(at.sequence());
                assertThat(Logs.logged(Logs.wire(session, ContractLine.V0_9, after)))
                        .as("read after %s", after)
                        .map(WireEvent::envelope)
                        .isEqualTo(Logs.logged(whole).stream()
                                .filter(event -> event.sequence() / Sequences.STRIDE > after.sequence())
                                .map(WireEvent::envelope)
                                .toList());
            }
        }
    }

    @Test
    void aRetrySaysWhenAndWhyInTheFormOfItsLine() throws Exception {
        Session session = logs.named("a");
        Logs.ended(session.startTurn("once more"));

        assertThat(payloads(session, ContractLine.V0_9, "retrying"))
                .singleElement()
                .satisfies(retry -> {
                    JsonNode plan = retry.path("retry").path("plan");
                    assertThat(plan.path("attempt").asInt()).isEqualTo(1);
                    assertThat(plan.path("selected_delay_ms").isIntegralNumber())
                            .isTrue();
                    assertThat(retry.path("retry")
                                    .path("failure")
                                    .path("message")
                                    .asText())
                            .contains("asked to fail once");
                });
        assertThat(payloads(session, ContractLine.V0_6, "retrying"))
                .singleElement()
                .satisfies(retry -> {
                    assertThat(retry.path("attempt").asInt()).isEqualTo(1);
                    assertThat(retry.path("max_attempts").asInt()).isEqualTo(2);
                    assertThat(retry.path("error").asText()).contains("asked to fail once");
                    assertThat(retry.path("delay_ms").isIntegralNumber()).isTrue();
                });
        assertThat(payloads(session, ContractLine.V0_9, "run_resumed"))
                .singleElement()
                .satisfies(resumed -> assertThat(resumed.path("round").asInt()).isEqualTo(1));
        assertThat(payloads(session, ContractLine.V0_6, "run_resumed")).isEmpty();
    }

    @Test
    void toolCallsHaveTheFormOfTheirLine() throws Exception {
        Session session = logs.named("a");
        logs.named("agent-b");
        Logs.ended(session.startTurn("tool"));

        JsonNode newer =
                payloads(session, ContractLine.V0_9, "tool_execution_completed").get(0);
        JsonNode older =
                payloads(session, ContractLine.V0_6, "tool_execution_completed").get(0);
        String id = newer.path("id").asText();
        assertThat(newer)
                .isEqualTo(Logs.json("{'type':'tool_execution_completed','id':'" + id
                        + "','name':'clock','is_error':false,'duration_ms':0}"));
        assertThat(older)
                .isEqualTo(Logs.json("{'type':'tool_execution_completed','id':'" + id + "','name':'clock','content':["
                        + "{'type':'text','text':'12:00'}],'result':'12:00','is_error':false,'duration_ms':0}"));
        assertThat(payloads(session, ContractLine.V0_9, "tool_call_requested"))
                .containsExactly(Logs.json(
                        "{'type':'tool_call_requested','id':'" + id + "','name':'clock','args':{'zone':'utc'}}"));
        assertThat(payloads(session, ContractLine.V0_9, "tool_result_received"))
                .containsExactly(Logs.json("{'type':'tool_result_received','id':'" + id
                        + "','name':'clock','content':[{'type':'text','text':'12:00'}],'is_error':false}"));
    }

    @Test
    void whoHeardOfCallsLiveGetsTheNumbersOfTheLogAndNothingTwice() throws Exception {
        Session session = logs.named("a");
        logs.named("agent-b");
        Logs.ended(session.startTurn("tool"));
        List<WireEvent> log = Logs.wire(session, ContractLine.V0_9, Cursor.START);
        EventWriter writer =
                EventWriter.after(Cursor.START, ContractLine.V0_9, session, new Inputs(), InstantSource.system());
        List<WireEvent> heard = new ArrayList<>();
        Cursor before = Cursor.START;
        for (SessionEvent event : Logs.log(session)) {
            if (event instanceof SessionEvent.ToolCalled called) {
                // Two calls that say the same, begun before either has ended.
                var live = new SessionEvent.ToolCallStarted(
                        before,
                        called.turnId(),
                        called.call().name(),
                        called.call().arguments());
                heard.addAll(writer.write(live));
                heard.addAll(writer.write(live));
                heard.addAll(writer.write(event));
            }
            heard.addAll(writer.write(event));
            before = event.cursor();
        }

        assertThat(numbers(heard, "tool_result_received"))
                .hasSize(2)
                .containsOnly(numbers(log, "tool_result_received").get(0));
        assertThat(numbers(heard, "tool_execution_started")).hasSize(2);
        assertThat(heard.stream()
                        .map(Logs::payload)
                        .filter(payload -> payload.path("type").asText().startsWith("tool_"))
                        .map(payload -> payload.path("id").asText())
                        .distinct())
                .hasSize(1);
    }

    private static List<Long> numbers(List<WireEvent> events, String type) {
        return events.stream()
                .filter(event -> Logs.payload(event).path("type").asText().equals(type))
                .map(WireEvent::sequence)
                .toList();
    }

    @Test
    void codesBecomeClassesThatTheWireKnows() {
        assertThat(ErrorClasses.of("agent_error")).isEqualTo("internal");
        assertThat(ErrorClasses.of("store_unavailable")).isEqualTo("store");
        assertThat(ErrorClasses.of("tool_timeout")).isEqualTo("tool");
        assertThat(ErrorClasses.of("provider_error")).isEqualTo("llm");
        assertThat(ErrorClasses.of("budget")).isEqualTo("budget");
    }
}
