package dev.meerkat.server.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.Usage;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.wire.ContractLine;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventWriterTest {
    private final Logs logs = new Logs();

    @AfterEach
    void close() {
        logs.close();
    }

    private List<JsonNode> payloads(Session session, ContractLine line, Cursor after) throws Exception {
        return Logs.wire(session, line, after).stream()
                .map(event -> Logs.read(Logs.payload(event)))
                .toList();
    }

    private static List<String> types(List<JsonNode> payloads) {
        return payloads.stream().map(payload -> payload.path("type").asText()).toList();
    }

    private record Plain(Session session, String run, String input) {}

    /** A session with one plain run. */
    private Plain plain() throws Exception {
        Session session = logs.meerkat.create(SessionSpec.ofPrompt("You are a coordinator."));
        Turn turn = session.initialTurn().orElseThrow();
        String run = Logs.ended(turn).turnId().orElseThrow().toString();
        return new Plain(session, run, turn.inputId().orElseThrow().toString());
    }

    @Test
    void aPlainRunIsAsRecordedOnLine09() throws Exception {
        Plain plain = plain();
        String session = plain.session().id().toString();
        String identity =
                "{'interaction_id':'" + plain.input() + "','run_id':'" + plain.run() + "','turn_input':'typed_text'}";
        // The row of the answer has the same.
        String answer = "'assistant_message_id':'" + ContentWriter.answerOf(TurnId.of(plain.run())) + "'";

        assertThat(payloads(plain.session(), ContractLine.V0_9, Cursor.START))
                .containsExactly(
                        Logs.json("{'type':'run_started','session_id':'" + session + "','identity':" + identity
                                + ",'input':{'kind':'content','content':'You are a coordinator.'}}"),
                        Logs.json("{'type':'turn_started','turn_number':0," + answer + "}"),
                        Logs.json("{'type':'text_complete','content':'ok'," + answer + "}"),
                        Logs.json("{'type':'turn_completed','stop_reason':'end_turn'," + answer + "}"),
                        Logs.json("{'type':'run_completed','session_id':'" + session + "','identity':" + identity
                                + ",'result':'ok','extraction_required':false,'usage':{'input_tokens':0,"
                                + "'output_tokens':0,'cache_creation_tokens':null,'cache_read_tokens':null}," + answer
                                + "}"));
    }

    @Test
    void aPlainRunOnLine06HasAPromptAndNoIdentity() throws Exception {
        Plain plain = plain();
        String session = plain.session().id().toString();
        String usage = "{'input_tokens':0,'output_tokens':0,'cache_creation_tokens':null,'cache_read_tokens':null}";

        assertThat(payloads(plain.session(), ContractLine.V0_6, Cursor.START))
                .containsExactly(
                        Logs.json("{'type':'run_started','session_id':'" + session
                                + "','prompt':'You are a coordinator.'}"),
                        Logs.json("{'type':'turn_started','turn_number':0}"),
                        Logs.json("{'type':'text_complete','content':'ok'}"),
                        Logs.json("{'type':'turn_completed','stop_reason':'end_turn','usage':" + usage + "}"),
                        Logs.json("{'type':'run_completed','session_id':'" + session
                                + "','result':'ok','extraction_required':false,'usage':" + usage + "}"));
    }

    @ParameterizedTest
    @EnumSource
    void theEnvelopeNamesSourceAndPlace(ContractLine line) throws Exception {
        Plain plain = plain();
        String session = plain.session().id().toString();

        WireEvent first = Logs.wire(plain.session(), line, Cursor.START).get(0);

        List<String> fields = new ArrayList<>();
        first.envelope().fieldNames().forEachRemaining(fields::add);
        assertThat(fields)
                .containsExactlyElementsOf(
                        line != ContractLine.V0_9
                                ? List.of("event_id", "source", "source_id", "seq", "timestamp_ms", "payload")
                                : List.of("event_id", "source", "seq", "timestamp_ms", "payload"));
        assertThat(first.envelope().path("source"))
                .isEqualTo(Logs.json("{'type':'session','session_id':'" + session + "'}"));
        assertThat(first.envelope().path("seq").asLong()).isEqualTo(first.sequence());
        assertThat(UUID.fromString(first.envelope().path("event_id").asText())).isNotNull();
        assertThat(first.envelope().path("timestamp_ms").asLong()).isPositive();
        assertThat(Logs.wire(plain.session(), line, Cursor.START))
                .isEqualTo(Logs.wire(plain.session(), line, Cursor.START));
    }

    @Test
    void onlyTheLastEventOfARunEndsIt() throws Exception {
        Plain plain = plain();

        assertThat(Logs.wire(plain.session(), ContractLine.V0_9, Cursor.START))
                .extracting(WireEvent::endOfRun)
                .containsExactly(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(plain.run()));
    }

    @Test
    void everythingThatHappensIsToldOnLine09() throws Exception {
        List<JsonNode> told = payloads(logs.busyLife(), ContractLine.V0_9, Cursor.START);

        assertThat(types(told))
                .contains(
                        "run_started",
                        "turn_started",
                        "tool_call_requested",
                        "tool_execution_started",
                        "tool_execution_completed",
                        "tool_result_received",
                        "interaction_complete",
                        "peer_content_ingested",
                        "boundary_append_applied",
                        "retrying",
                        "run_resumed",
                        "run_failed",
                        "run_completed")
                .isSubsetOf(EventTypes.of(ContractLine.V0_9));
        assertThat(told.stream()
                        .filter(payload -> payload.path("type").asText().equals("peer_content_ingested"))
                        .map(payload -> payload.path("kind").asText()))
                .containsExactlyInAnyOrder("message", "lifecycle", "request", "response_terminal", "response_terminal");
        assertThat(told.stream()
                        .filter(payload -> payload.path("type").asText().equals("run_failed"))
                        .map(payload ->
                                payload.path("error_report").path("class").asText()))
                .containsExactly("internal", "cancelled");
    }

    /** Packages of the line 0.8 read the fields of 0.6 up to some patch, and those of 0.9 from it on. */
    @ParameterizedTest
    @EnumSource(names = {"V0_7", "V0_8"})
    void theLinesBetweenTellTheTypesOfTheOldOneWithTheFieldsOfBoth(ContractLine line) throws Exception {
        List<JsonNode> told = payloads(logs.busyLife(), line, Cursor.START);

        assertThat(types(told)).isSubsetOf(EventTypes.of(ContractLine.V0_6));
        for (List<String> fields : List.of(
                List.of("run_started", "prompt", "input", "identity"),
                List.of("run_failed", "error_class", "error", "error_report"),
                List.of("retrying", "attempt", "error", "delay_ms", "retry"),
                List.of("turn_completed", "stop_reason", "usage"),
                List.of("tool_execution_completed", "content", "result", "is_error"))) {
            assertThat(told.stream()
                            .filter(payload -> payload.path("type").asText().equals(fields.get(0))))
                    .isNotEmpty()
                    .allSatisfy(payload -> assertThat(fields.subList(1, fields.size()))
                            .allSatisfy(field ->
                                    assertThat(payload.has(field)).as(field).isTrue()));
        }
    }

    @Test
    void everythingThatLine06KnowsIsTold() throws Exception {
        List<JsonNode> told = payloads(logs.busyLife(), ContractLine.V0_6, Cursor.START);

        assertThat(types(told))
                .contains("run_failed", "retrying", "tool_execution_completed", "interaction_complete")
                .doesNotContain("peer_content_ingested", "boundary_append_applied", "run_resumed")
                .isSubsetOf(EventTypes.of(ContractLine.V0_6));
        JsonNode failed = told.stream()
                .filter(payload -> payload.path("type").asText().equals("run_failed"))
                .findFirst()
                .orElseThrow();
        assertThat(failed.path("error_class").asText()).isEqualTo("internal");
        assertThat(failed.path("error").asText()).contains("asked to fail");
        assertThat(failed.path("error_report").path("message")).isEqualTo(failed.path("error"));
    }

    @ParameterizedTest
    @EnumSource
    void eachRunThatBeginsEndsOnceAndSequencesGrow(ContractLine line) throws Exception {
        List<WireEvent> told = Logs.logged(Logs.wire(logs.busyLife(), line, Cursor.START));

        assertThat(told).extracting(WireEvent::sequence).isSorted().doesNotHaveDuplicates();
        assertThat(told.stream().filter(event -> event.type().equals("run_started")))
                .hasSameSizeAs(told.stream()
                        .flatMap(event -> event.endOfRun().stream())
                        .distinct()
                        .toList());
        assertThat(told.stream().flatMap(event -> event.endOfRun().stream())).doesNotHaveDuplicates();
        assertThat(told)
                .extracting(event -> event.envelope().path("event_id").asText())
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void readingFromAnyCursorWritesTheSame(ContractLine line) throws Exception {
        Session session = logs.busyLife();
        List<WireEvent> all = Logs.logged(Logs.wire(session, line, Cursor.START));

        for (long after = 0;
                after <= session.snapshot().lastCursor().orElseThrow().sequence();
                after++) {
            long told = Sequences.after(new Cursor(after));
            List<WireEvent> rest = Logs.logged(Logs.wire(session, line, new Cursor(after)));
            assertThat(rest)
                    .isEqualTo(all.stream()
                            .filter(event -> event.sequence() > told)
                            .toList());
        }
    }

    @Test
    void aRunThatIsLongerThanTheLookBackIsStillKnown() throws Exception {
        Session session = logs.named("a");
        session.send(CommsCommand.Input.of("hold"));
        logs.awaitHeld();
        for (int i = 0; i < 300; i++) {
            session.sendExternalEvent(ExternalEvent.genericJson("tick", Json.NULL));
        }
        Cursor middle = session.snapshot().lastCursor().orElseThrow();
        logs.openHeld();
        Logs.ended(session.startTurn("last"));
        session.archive();

        List<WireEvent> all = Logs.wire(session, ContractLine.V0_9, Cursor.START);
        List<WireEvent> rest = Logs.wire(session, ContractLine.V0_9, middle);
        assertThat(Logs.logged(rest))
                .isNotEmpty()
                .isEqualTo(Logs.logged(all).stream()
                        .filter(event -> event.sequence() > Sequences.after(middle))
                        .toList());
        assertThat(rest.stream().filter(event -> event.type().equals("interaction_complete")))
                .isNotEmpty();
    }

    @Test
    void interactionsAreToldByTheIdsOfTheirInputsBeforeTheEndOfTheRun() throws Exception {
        Session session = logs.named("a");
        String input = session.send(CommsCommand.Input.of("wake")).inputId().toString();
        Logs.completedAfter(
                session,
                event -> event instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.Local);

        List<JsonNode> told = payloads(session, ContractLine.V0_9, Cursor.START);

        assertThat(told.get(told.size() - 2))
                .isEqualTo(Logs.json("{'type':'interaction_complete','interaction_id':'" + input + "','result':'ok'}"));
        JsonNode begun = told.get(told.size() - 6);
        assertThat(begun.path("identity").path("interaction_id").asText()).isEqualTo(input);
        assertThat(begun.path("identity").has("turn_input")).isFalse();
        assertThat(begun.path("input").path("content").asText())
                .isEqualTo("wake\nExternal event via rpc: wake\nPayload: {\n  \"body\": \"wake\"\n}");
    }

    @Test
    void liveEventsHaveTheNumberOfTheNewestLoggedOneAndGapsHaveNone() throws Exception {
        Plain plain = plain();
        Cursor last = plain.session().snapshot().lastCursor().orElseThrow();
        EventWriter writer =
                EventWriter.after(last, ContractLine.V0_9, plain.session(), new Inputs(), InstantSource.system());

        List<WireEvent> told = Stream.of(
                        new SessionEvent.TextDelta(last, TurnId.of(plain.run()), "o"),
                        new SessionEvent.Gap(last, OptionalLong.of(3)))
                .flatMap(event -> written(writer, event).stream())
                .toList();

        assertThat(told).extracting(WireEvent::sequence).containsOnly(Sequences.after(last));
        assertThat(told).extracting(WireEvent::logged).containsOnly(false);
        assertThat(told.get(0).envelope().path("payload"))
                .isEqualTo(Logs.json("{'type':'text_delta','delta':'o','assistant_message_id':'"
                        + ContentWriter.answerOf(TurnId.of(plain.run())) + "'}"));
        assertThat(told.get(1).envelope().path("seq").asLong()).isZero();
        assertThat(Logs.read(told.get(1).envelope().path("payload")))
                .isEqualTo(Logs.json("{'type':'stream_truncated','reason':{'kind':'stream_lagged','dropped':3}}"));
    }

    @Test
    void aMeerkatThatTellsNothingOfInputsIsToldOnWithoutDoublingAnything() throws Exception {
        Session session = logs.meerkat.create(SessionSpec.ofPrompt("later").withDeferredStart());
        EventWriter writer =
                EventWriter.after(Cursor.START, ContractLine.V0_9, session, new Inputs(), InstantSource.system());
        TurnId run = TurnId.of("01a20667-0fe4-77e2-8d63-158d1c40f7c4");
        Instant at = Instant.EPOCH;

        List<String> told = Stream.of(
                        new SessionEvent.TurnStarted(new Cursor(1), at, run, 1),
                        new SessionEvent.Unrecognized(
                                new Cursor(2), "turn_started", Json.parse("{\"type\":\"turn_started\"}")),
                        new SessionEvent.TextDelta(new Cursor(3), run, "ok"),
                        new SessionEvent.Unrecognized(
                                new Cursor(4), "text_complete", Json.parse("{\"type\":\"text_complete\"}")),
                        new SessionEvent.Unrecognized(
                                new Cursor(5), "skills_resolved", Json.parse("{\"type\":\"skills_resolved\"}")),
                        new SessionEvent.Unrecognized(new Cursor(6), "new_type", Json.parse("{\"type\":\"new_type\"}")),
                        new SessionEvent.TurnCompleted(new Cursor(7), at, run, "ok"))
                .flatMap(event -> written(writer, event).stream())
                .map(WireEvent::type)
                .toList();

        assertThat(told)
                .containsExactly(
                        "run_started",
                        "turn_started",
                        "text_delta",
                        "skills_resolved",
                        "text_complete",
                        "turn_completed",
                        "run_completed");
    }

    @Test
    void theEndOfARunTellsItsUsageAndWhyItsModelStopped() throws Exception {
        Session session = logs.meerkat.create(SessionSpec.ofPrompt("later").withDeferredStart());
        EventWriter writer =
                EventWriter.after(Cursor.START, ContractLine.V0_9, session, new Inputs(), InstantSource.system());
        TurnId run = TurnId.of("01a20667-0fe4-77e2-8d63-158d1c40f7c4");
        Instant at = Instant.EPOCH;
        List<WireEvent> told = Stream.of(
                        new SessionEvent.TurnStarted(new Cursor(1), at, run, 1),
                        new SessionEvent.TurnCompleted(
                                new Cursor(2),
                                at,
                                run,
                                "once upon",
                                Optional.of(new Usage(5, 6)),
                                Optional.of(FinishReason.LENGTH)))
                .flatMap(event -> written(writer, event).stream())
                .toList();

        assertThat(told)
                .filteredOn(event -> List.of("turn_completed", "run_completed").contains(event.type()))
                .hasSize(2)
                .allSatisfy(event -> assertThat(event.envelope()
                                .path("payload")
                                .path("stop_reason")
                                .textValue())
                        .isEqualTo("max_tokens"));
        assertThat(told.get(told.size() - 1)
                        .envelope()
                        .path("payload")
                        .path("run_usage")
                        .path("output_tokens")
                        .intValue())
                .isEqualTo(6);
    }

    private static List<WireEvent> written(EventWriter writer, SessionEvent event) {
        try {
            return writer.write(event);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
