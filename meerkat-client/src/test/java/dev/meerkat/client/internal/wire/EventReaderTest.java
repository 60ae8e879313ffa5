package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EventReaderTest {
    private static final String ID = "01900000-0000-7000-8000-00000000000a";
    private static final TurnId TURN = TurnId.of(ID);
    private static final Cursor AT = new Cursor(7);
    private static final Instant TIME = Instant.ofEpochMilli(5);
    private static final String STARTED = "{'type':'run_started','identity':{'run_id':'ID'}}";

    private final EventReader reader = new EventReader();

    private static JsonNode json(String text) {
        return Recorded.json(text.replace('\'', '"').replaceAll("\\bID\\b", ID));
    }

    private SessionEvent read(String payload) {
        return read(reader, payload);
    }

    private static SessionEvent read(EventReader reader, String payload) {
        JsonNode tree = json(payload);
        return reader.read(new ReadEvent("", 3, 5, tree.path("type").asText(), tree), AT);
    }

    @Test
    void aRecordedTurnIsReadFromStartToEnd() {
        List<SessionEvent> events = new ArrayList<>();
        for (JsonNode envelope : Recorded.envelopes("01a2053e-1316-76ad-b7c2-4cbe7a952b35")) {
            ReadEvent event = Answers.envelope(envelope);
            events.add(reader.read(event, new Cursor(event.position())));
        }
        TurnId turn = TurnId.of("01a2053e-13a2-76eb-9db3-47a21a9ca278");
        assertThat(events.subList(0, 6).stream().map(event -> event.getClass().getSimpleName()))
                .containsExactly(
                        "TurnStarted", "Unrecognized", "TextDelta", "Unrecognized", "Unrecognized", "TurnCompleted");
        assertThat(events.get(0))
                .isEqualTo(new SessionEvent.TurnStarted(new Cursor(1), Instant.ofEpochMilli(1795384284205L), turn, 1));
        assertThat(events.get(2)).isEqualTo(new SessionEvent.TextDelta(new Cursor(3), turn, "ok"));
        assertThat(events.get(5))
                .isEqualTo(new SessionEvent.TurnCompleted(
                        new Cursor(6), Instant.ofEpochMilli(1795384284241L), turn, "ok"));
        assertThat(events.get(6))
                .isInstanceOfSatisfying(
                        SessionEvent.TurnStarted.class,
                        started -> assertThat(started.turnId()).hasToString("01a2053e-234a-7469-8a14-33d663a96bff"));
    }

    @Test
    void everyRecordedLineOfAnSseStreamIsRead() {
        JsonNode sse = Recorded.lines("rest-0.9.8.jsonl").stream()
                .filter(row -> row.has("sse"))
                .findFirst()
                .orElseThrow();
        List<SessionEvent> events = new ArrayList<>();
        for (JsonNode line : sse.path("sse").path("lines")) {
            String text = line.path(1).asText();
            if (text.startsWith("data: {\"event_id\"")) {
                events.add(reader.read(Answers.envelope(Recorded.json(text.substring(6))), AT));
            }
        }
        assertThat(events.stream().filter(SessionEvent.TurnCompleted.class::isInstance))
                .hasSize(3);
        assertThat(events.stream().filter(SessionEvent.TextDelta.class::isInstance))
                .allSatisfy(event ->
                        assertThat(((SessionEvent.TextDelta) event).turnId()).isNotEqualTo(TurnId.UNKNOWN));
    }

    @Test
    void theOldLineNamesNoRunsSoTheEnvelopeStandsForOne() {
        JsonNode payload = json("{'type':'run_started','session_id':'ID','prompt':'hello'}");
        SessionEvent started = reader.read(new ReadEvent(ID, 1, 5, "run_started", payload), AT);
        assertThat(started).isEqualTo(new SessionEvent.TurnStarted(AT, TIME, TURN, 1));
        assertThat(read("{'type':'text_delta','delta':'x'}")).isEqualTo(new SessionEvent.TextDelta(AT, TURN, "x"));
        assertThat(read("{'type':'run_completed','result':'xy'}"))
                .isEqualTo(new SessionEvent.TurnCompleted(AT, TIME, TURN, "xy"));
    }

    @Test
    void theEndOfARunTellsItsOwnUsageAndWhyItsModelStopped() {
        assertThat(read("{'type':'run_completed','result':'x','identity':{'run_id':'ID'},'stop_reason':'max_tokens',"
                        + "'usage':{'input_tokens':50,'output_tokens':60},"
                        + "'run_usage':{'input_tokens':5,'output_tokens':6}}"))
                .isEqualTo(new SessionEvent.TurnCompleted(
                        AT, TIME, TURN, "x", Optional.of(new Usage(5, 6)), Optional.of(FinishReason.LENGTH)));
    }

    @Test
    void whoJoinsInTheMiddleDoesNotKnowTheTurn() {
        assertThat(read("{'type':'text_delta','delta':'x'}"))
                .isEqualTo(new SessionEvent.TextDelta(AT, TurnId.UNKNOWN, "x"));
        assertThat(read("{'type':'run_completed','result':'x','identity':{'run_id':'ID'}}"))
                .isEqualTo(new SessionEvent.TurnCompleted(AT, TIME, TURN, "x"));
    }

    @Test
    void afterTheEndOfATurnNoneRuns() {
        read(STARTED);
        read("{'type':'run_completed','result':'x'}");
        assertThat(read("{'type':'text_delta','delta':'x'}"))
                .isEqualTo(new SessionEvent.TextDelta(AT, TurnId.UNKNOWN, "x"));
    }

    @Test
    void aFailureIsReadInItsOldAndItsNewForm() {
        SessionEvent.TurnFailed failed =
                new SessionEvent.TurnFailed(AT, TIME, TURN, 1, "llm", "rate limited", Optional.empty());
        read(STARTED);
        assertThat(read("{'type':'run_failed','error_class':'llm','error':'rate limited'}"))
                .isEqualTo(failed);
        read(STARTED);
        assertThat(read("{'type':'run_failed','error_report':{'class':'llm','message':'rate limited',"
                        + "'reason':{'reason_type':'llm_rate_limited'}},'terminal_cause_kind':'llm_failure'}"))
                .isEqualTo(failed);
        assertThat(read("{'type':'run_failed'}"))
                .isEqualTo(new SessionEvent.TurnFailed(
                        AT, TIME, TurnId.UNKNOWN, 1, "unknown", "unknown", Optional.empty()));
    }

    @Test
    void aCancelledTurnIsInterrupted() {
        for (String failure : List.of(
                "{'type':'run_failed','error_class':'cancelled','error':'x'}",
                "{'type':'run_failed','error_report':{'class':'cancelled','message':'x'}}",
                "{'type':'run_failed','error_report':{'class':'terminal','reason':{'reason_type':'interrupted'}}}",
                "{'type':'run_failed','error_class':'terminal','terminal_cause_kind':'run_cancelled'}")) {
            read(STARTED);
            assertThat(read(failure)).isEqualTo(new SessionEvent.TurnInterrupted(AT, TIME, TURN, ""));
        }
    }

    @Test
    void aToolCallIsReadWithItsResult() {
        read(STARTED);
        assertThat(read("{'type':'tool_call_requested','id':'t1','name':'clock','args':{'n':1.0}}"))
                .isEqualTo(new SessionEvent.ToolCallStarted(AT, TURN, "clock", Json.parse("{\"n\":1.0}")));
        String result = "{'type':'tool_result_received','id':'t1','name':'clock','is_error':false,"
                + "'content':[{'type':'text','text':'noon'}]}";
        assertThat(read(result))
                .isEqualTo(new SessionEvent.ToolCalled(
                        AT,
                        TIME,
                        TURN,
                        new ToolCall(
                                "t1",
                                "clock",
                                Json.parse("{\"n\":1.0}"),
                                Json.parse("[{\"type\":\"text\",\"text\":\"noon\"}]"),
                                false)));
        assertThat(read(result)).isInstanceOf(SessionEvent.Unrecognized.class);
    }

    @Test
    void atMostSoManyCallsWaitForTheirResults() {
        for (int i = 0; i < 1_000; i++) {
            read("{'type':'tool_call_requested','id':'t" + i + "','name':'clock','args':{}}");
        }
        assertThat(read("{'type':'tool_result_received','id':'t0','name':'clock','content':[]}"))
                .isInstanceOf(SessionEvent.ToolCalled.class);
        assertThat(read("{'type':'tool_result_received','id':'t999','name':'clock','content':[]}"))
                .isInstanceOf(SessionEvent.Unrecognized.class);
    }

    @Test
    void droppedEventsAreAGapAndLeaveTheTurnOpen() {
        read(STARTED);
        assertThat(read("{'type':'stream_truncated','reason':{'kind':'stream_lagged','dropped':12}}"))
                .isEqualTo(new SessionEvent.Gap(AT, OptionalLong.of(12)));
        assertThat(read("{'type':'text_delta','delta':'x'}"))
                .isEqualTo(new SessionEvent.TextDelta(AT, TurnId.UNKNOWN, "x"));
        assertThat(read("{'type':'stream_truncated','reason':'channel full'}"))
                .isEqualTo(new SessionEvent.Gap(AT, OptionalLong.empty()));
        read(STARTED);
        reader.missed();
        assertThat(read("{'type':'text_delta','delta':'x'}"))
                .isEqualTo(new SessionEvent.TextDelta(AT, TurnId.UNKNOWN, "x"));
    }

    @Test
    void inALogDroppedEventsWereLiveOnesAndTheTurnIsStillKnown() {
        EventReader log = EventReader.ofLog();
        read(log, STARTED);
        assertThat(read(log, "{'type':'stream_truncated','reason':{'kind':'stream_lagged','dropped':12}}"))
                .isEqualTo(new SessionEvent.Gap(AT, OptionalLong.of(12)));
        assertThat(read(log, "{'type':'text_delta','delta':'x'}")).isEqualTo(new SessionEvent.TextDelta(AT, TURN, "x"));
    }

    @Test
    void aResumedTurnIsRemembered() {
        assertThat(read("{'type':'run_resumed','run_id':'ID','round':2}"))
                .isInstanceOf(SessionEvent.Unrecognized.class);
        assertThat(read("{'type':'text_delta','delta':'x'}")).isEqualTo(new SessionEvent.TextDelta(AT, TURN, "x"));
    }

    @Test
    void whatCannotBeReadIsKeptAsItCame() {
        String large = "x".repeat(Limits.MESSAGE_BYTES);
        assertThat(read("{'type':'live_channel_closed','n':1.50}"))
                .isEqualTo(new SessionEvent.Unrecognized(
                        AT, "live_channel_closed", Json.parse("{\"type\":\"live_channel_closed\",\"n\":1.50}")));
        for (String payload : List.of(
                "{'type':'text_delta'}",
                "{'type':'text_delta','delta':7}",
                "{'type':'run_completed','result':null}",
                "{'type':'tool_call_requested','id':'t1'}",
                "{'type':'tool_result_received'}",
                "{'type':''}")) {
            assertThat(read(payload)).as(payload).isInstanceOf(SessionEvent.Unrecognized.class);
        }
        assertThat(read("{'type':'tool_call_requested','id':'t1','name':'x','args':'" + large + "'}"))
                .isInstanceOfSatisfying(
                        SessionEvent.Unrecognized.class,
                        event -> assertThat(event.raw().at("/omitted")).isPresent());
    }
}
