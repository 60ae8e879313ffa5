package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.server.internal.wire.Logs;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HistoryMethodTest {
    private final Logs logs = new Logs();

    @AfterEach
    void close() {
        logs.close();
    }

    private static JsonNode history(Session session, ContractLine line, String params) throws InterruptedException {
        Params given = Params.of((ObjectNode) Logs.json(params));
        boolean tellsLimit = line.boundsHistory() || given.has("limit");
        return Logs.read(new HistoryMethod(line)
                .history(session, given.optionalCount("offset"), given.optionalCount("limit"), tellsLimit));
    }

    private static List<JsonNode> rows(Session session, ContractLine line) throws InterruptedException {
        List<JsonNode> rows = new ArrayList<>();
        history(session, line, "{'limit':1000}").path("messages").forEach(rows::add);
        return rows;
    }

    private static ObjectNode timeless(JsonNode row) {
        ObjectNode copy = row.deepCopy();
        assertThat(OffsetDateTime.parse(copy.remove("created_at").asText())
                        .getOffset()
                        .getTotalSeconds())
                .isZero();
        return copy;
    }

    @Test
    void aLocalInputAtTheLimitIsThereAsAWhole() throws Exception {
        Session session = logs.named("a");
        String body = "x".repeat(Limits.MESSAGE_BYTES);

        session.send(CommsCommand.Input.of(body));
        Logs.completedAfter(
                session,
                event -> event instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.Local);

        JsonNode block = rows(session, ContractLine.V0_9).get(2).path("blocks").path(0);
        assertThat(block.path("payload").path("body").asText()).isEqualTo(body);
        assertThat(block.path("body").asText()).isEqualTo(body);
    }

    @Test
    void aPromptAndItsAnswerAreRowsAsRecorded() throws Exception {
        Session session = logs.meerkat.create(SessionSpec.ofPrompt("Hello.").withSystemPrompt("Be brief."));
        var turn = session.initialTurn().orElseThrow();
        String run = Logs.ended(turn).turnId().orElseThrow().toString();
        String answer = Logs.wire(session, ContractLine.V0_9, Cursor.START).stream()
                .map(event ->
                        event.envelope().at("/payload/assistant_message_id").asText())
                .filter(id -> !id.isEmpty())
                .findAny()
                .orElseThrow();

        assertThat(rows(session, ContractLine.V0_9))
                .extracting(HistoryMethodTest::timeless)
                .containsExactly(
                        (ObjectNode) Logs.json("{'role':'system','content':'Be brief.'}"),
                        (ObjectNode) Logs.json("{'role':'user','content':'Hello.','interaction_id':'"
                                + turn.inputId().orElseThrow() + "','run_id':'" + run + "'}"),
                        (ObjectNode) Logs.json("{'role':'block_assistant','blocks':[{'block_type':'text',"
                                + "'data':{'text':'ok'}}],'stop_reason':'end_turn','run_id':'" + run
                                + "','assistant_message_id':'" + answer + "'}"));
        assertThat(rows(session, ContractLine.V0_6))
                .extracting(HistoryMethodTest::timeless)
                .containsExactly(
                        (ObjectNode) Logs.json("{'role':'system','content':'Be brief.'}"),
                        (ObjectNode) Logs.json("{'role':'user','content':'Hello.'}"),
                        (ObjectNode) Logs.json("{'role':'block_assistant','blocks':[{'block_type':'text',"
                                + "'data':{'text':'ok'}}],'stop_reason':'end_turn'}"));
    }

    @Test
    void externalEventsAndLocalInputAreNoticesAsRecorded() throws Exception {
        Session session = logs.named("a");
        session.sendExternalEvent(
                ExternalEvent.genericJson("deploy_complete", Json.parse("{\"environment\":\"prod\"}")));
        Logs.completedAfter(
                session,
                event -> event instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.External);
        session.send(CommsCommand.Input.of("wake"));
        Logs.completedAfter(
                session,
                event -> event instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.Local);

        List<JsonNode> rows = rows(session, ContractLine.V0_9);
        ObjectNode event = timeless(rows.get(2));
        ObjectNode origin = (ObjectNode) event.remove("runtime_origin");
        assertThat(origin.path("session_id").asText()).isEqualTo(session.id().toString());
        assertThat(origin.path("append_ordinal").asInt(-1)).isZero();
        assertThat(origin.has("run_id") && origin.has("input_id")).isTrue();
        assertThat(event)
                .isEqualTo(Logs.json("{'role':'system_notice','kind':'external_event','body':'External event via"
                        + " deploy_complete','blocks':[{'type':'external_event','source':'deploy_complete',"
                        + "'event_type':'deploy_complete','summary':'External event via deploy_complete',"
                        + "'payload':{'environment':'prod'}}]}"));
        ObjectNode input = timeless(rows.get(4));
        input.remove("runtime_origin");
        assertThat(input)
                .isEqualTo(Logs.json("{'role':'system_notice','kind':'external_event','body':'wake','blocks':["
                        + "{'type':'external_event','source':'rpc','event_type':'rpc','summary':'wake','body':'wake',"
                        + "'payload':{'body':'wake'}}]}"));
        assertThat(rows(session, ContractLine.V0_6).get(2).has("runtime_origin"))
                .isFalse();
    }

    @Test
    void aPeerMessageIsANoticeAsRecorded() throws Exception {
        Session a = logs.named("a");
        Session b = logs.named("b");
        String envelope = b.send(CommsCommand.PeerMessage.to("a", "Build failed in CI."))
                .envelopeId()
                .toString();
        Logs.completedAfter(
                a,
                event -> event instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.PeerMessage);

        ObjectNode row = timeless(rows(a, ContractLine.V0_9).get(2));

        row.remove("runtime_origin");
        String sender = b.snapshot().peerId().orElseThrow().toString();
        assertThat(row)
                .isEqualTo(Logs.json("{'role':'system_notice','kind':'comms','body':'Peer message','blocks':[{"
                        + "'type':'comms','kind':'message','direction':'incoming','peer':{'id':'" + sender
                        + "','display_name':'b'},'summary':'Peer message','content':[{'type':'text','text':'Peer"
                        + " message from b:\\nBuild failed in CI.'}],'delivery_id':'" + envelope + "'}]}"));
        assertThat(rows(a, ContractLine.V0_6).get(2).path("blocks").path(0).has("delivery_id"))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void everyEntryIsOneRow(ContractLine line) throws Exception {
        Session session = logs.busyLife();
        List<TranscriptEntry> entries = session.history(0, Limits.PAGE_ROWS).entries();

        List<JsonNode> rows = rows(session, line);

        assertThat(rows).hasSameSizeAs(entries);
        assertThat(rows)
                .extracting(row -> row.path("role").asText())
                .contains("user", "block_assistant", "tool_results", "system_notice")
                .isSubsetOf("system", "user", "block_assistant", "tool_results", "system_notice");
        assertThat(rows.stream()
                        .filter(row -> row.path("role").asText().equals("system_notice"))
                        .map(row -> row.path("blocks").path(0))
                        .map(block ->
                                block.path("kind").asText(block.path("type").asText())
                                        + block.path("direction").asText("")))
                .contains(
                        "external_event",
                        "messageincoming",
                        "messageoutgoing",
                        "lifecycleincoming",
                        "requestincoming",
                        "response_terminalincoming");
        assertThat(rows.stream()
                        .filter(row -> row.path("role").asText().equals("tool_results"))
                        .map(row -> row.path("results").path(0).path("name").asText()))
                .containsExactly("clock");
        assertThat(rows.stream().map(row -> row.path("stop_reason").asText(""))).contains("cancelled");
    }

    @Test
    void pagesTogetherAreTheWhole() throws Exception {
        Session session = logs.busyLife();
        List<JsonNode> all = rows(session, ContractLine.V0_9);

        for (int limit : new int[] {1, 3, all.size(), all.size() + 1}) {
            List<JsonNode> read = new ArrayList<>();
            JsonNode page;
            do {
                page = history(session, ContractLine.V0_9, "{'offset':" + read.size() + ",'limit':" + limit + "}");
                assertThat(page.path("offset").asInt()).isEqualTo(read.size());
                assertThat(page.path("limit").asInt()).isEqualTo(limit);
                assertThat(page.path("message_count").asInt()).isEqualTo(all.size());
                page.path("messages").forEach(read::add);
            } while (page.path("has_more").asBoolean());
            assertThat(read).isEqualTo(all);
        }
    }

    @Test
    void withoutLimitLine09HasAHundredRowsAndLine06All() throws Exception {
        Session session = logs.named("a");
        for (int i = 0; i < 60; i++) {
            Logs.ended(session.startTurn("more"));
        }

        JsonNode newer = history(session, ContractLine.V0_9, "{}");
        JsonNode older = history(session, ContractLine.V0_6, "{}");

        assertThat(newer.path("messages")).hasSize(100);
        assertThat(newer.path("limit").asInt()).isEqualTo(100);
        assertThat(newer.path("has_more").asBoolean()).isTrue();
        assertThat(newer.path("session_ref").asText()).isEqualTo("default:" + session.id());
        assertThat(older.path("messages")).hasSize(122);
        assertThat(older.has("limit")).isFalse();
        assertThat(older.path("has_more").asBoolean(true)).isFalse();
    }

    @Test
    void aPageAfterTheEndIsEmptyAndANegativeOffsetRefused() throws Exception {
        Session session = logs.named("a");

        for (long offset : new long[] {2, 3, Long.MAX_VALUE}) {
            JsonNode page = history(session, ContractLine.V0_9, "{'offset':" + offset + "}");
            assertThat(page.path("messages")).isEmpty();
            assertThat(page.path("message_count").asInt()).isEqualTo(2);
            assertThat(page.path("has_more").asBoolean(true)).isFalse();
        }
        assertThatExceptionOfType(WireFault.class)
                .isThrownBy(() -> history(session, ContractLine.V0_9, "{'offset':-1}"));
    }

    @Test
    void anAnswerIsBoundedInSize() throws Exception {
        Session session = logs.named("a");
        String large = "x".repeat(1 << 20);
        for (int i = 0; i < 20; i++) {
            Logs.ended(session.startTurn(large));
        }

        JsonNode page = history(session, ContractLine.V0_6, "{}");

        assertThat(page.path("has_more").asBoolean()).isTrue();
        assertThat(page.path("messages").size()).isBetween(20, 40);
    }
}
