package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.UnknownOutcomeException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryReaderTest {
    private static final String ID = "01900000-0000-7000-8000-00000000000a";
    private static final PeerSender SENDER =
            new PeerSender(PeerId.of("1d6426b0-fd48-5940-97c6-ee2339b4973f"), "m1/w/a");

    private static JsonNode json(String text) {
        return Recorded.json(text.replace('\'', '"').replaceAll("\\bID\\b", ID));
    }

    private static List<TranscriptEntry> entries(String rows) {
        return Answers.history(json("{'messages':[" + rows + "],'offset':0,'message_count':9}"), "me")
                .entries();
    }

    private static TranscriptEntry entry(String row) {
        List<TranscriptEntry> entries = entries(row);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    @Test
    void aPageKnowsWhereItStands() {
        HistoryPage page = Answers.history(Recorded.call(15).result(), "me");
        assertThat(page.entries()).hasSize(2);
        assertThat(page.offset()).isZero();
        assertThat(page.messageCount()).isEqualTo(5);
        assertThat(page.hasMore()).isTrue();
        assertThat(Answers.history(Recorded.call(16).result(), "me").hasMore()).isFalse();
    }

    @Test
    void aPromptAndItsAnswerHaveTheirTurn() {
        HistoryPage page = Answers.history(Recorded.call(16).result(), "me");
        assertThat(page.entries().get(0)).isInstanceOf(TranscriptEntry.SystemPrompt.class);
        JsonNode row = Recorded.call(16).result().path("messages").path(1);
        TurnId turn = TurnId.of(row.path("run_id").textValue());
        Instant at = Instant.parse(row.path("created_at").textValue());
        InputId id = InputId.of(row.path("interaction_id").textValue());
        assertThat(page.entries().get(1))
                .isEqualTo(new TranscriptEntry.Input(
                        at, turn, new AdmittedInput(id, Cursor.START, at, new InputBody.Prompt("Say ok.", List.of()))));
        assertThat(page.entries().get(2)).isInstanceOfSatisfying(TranscriptEntry.Answer.class, answer -> {
            assertThat(answer.turnId()).isEqualTo(turn);
            assertThat(answer.text()).isEqualTo("ok");
            assertThat(answer.interrupted()).isFalse();
        });
    }

    @Test
    void anExternalEventHasTheIdOfItsReceipt() {
        List<TranscriptEntry.Input> events = Answers.history(Recorded.call(25).result(), "me").entries().stream()
                .filter(TranscriptEntry.Input.class::isInstance)
                .map(TranscriptEntry.Input.class::cast)
                .filter(input -> input.input().body() instanceof InputBody.External)
                .toList();
        assertThat(events)
                .extracting(event -> event.input().id().toString())
                .containsExactly("01a2053e-1e8d-730a-b638-81fa0e36b082", "01a2053e-1eb6-73d0-bbd2-300b6ba1419b");
        assertThat(events.get(0).turnId()).hasToString("01a2053e-1f90-7048-b40f-185749b821ec");
        ExternalEvent expected = ExternalEvent.genericJson(
                "deploy_complete", Json.parse("{\"environment\":\"prod\",\"release\":\"2026.04.21\"}"));
        assertThat(events.get(0).input().body()).isEqualTo(new InputBody.External(expected));
    }

    @Test
    void peerMessagesHaveTheirEnvelopesIdAndNoHeader() {
        List<TranscriptEntry> entries =
                Answers.history(Recorded.call(59).result(), "m1/w/b").entries();
        assertThat(entries.get(1)).isInstanceOfSatisfying(TranscriptEntry.Input.class, input -> {
            assertThat(input.input().id()).hasToString("b80e8a59-3833-42db-82c7-72889f429dbb");
            assertThat(input.turnId()).hasToString("01a2053e-2a95-7119-87eb-becdf7889ad4");
            assertThat(input.input().body())
                    .isEqualTo(new InputBody.PeerMessage(
                            SENDER,
                            CommsCommand.PeerMessage.to("m1/w/b", "steer").withContentTaint(ContentTaint.TAINTED)));
        });
        assertThat(entries.get(3))
                .isInstanceOfSatisfying(
                        TranscriptEntry.Input.class,
                        input -> assertThat(input.input().body())
                                .isEqualTo(new InputBody.PeerMessage(
                                        SENDER, CommsCommand.PeerMessage.to("m1/w/b", "Build failed in CI."))));
    }

    @Test
    void aPeerRequestHasItsIntentAndParams() {
        TranscriptEntry entry =
                Answers.history(Recorded.call(59).result(), "m1/w/b").entries().get(4);
        assertThat(entry).isInstanceOfSatisfying(TranscriptEntry.Input.class, input -> {
            assertThat(input.input().id()).hasToString("55b6e74a-d3bd-4a46-a9a7-e5fd555b5e27");
            assertThat(input.input().body())
                    .isEqualTo(new InputBody.PeerRequest(
                            SENDER,
                            RequestId.of("55b6e74a-d3bd-4a46-a9a7-e5fd555b5e27"),
                            CommsCommand.PeerRequest.to(
                                    "m1/w/b", "checksum_token", Json.parse("{\"subject\":\"s\"}"))));
        });
    }

    @Test
    void aMessageOfTheOldLineHasNoIdAndKeepsItsText() {
        String block = "{'type':'comms','kind':'message','direction':'incoming','peer':{'id':'ID'%s},"
                + "'summary':'Peer message','content':[{'type':'text','text':'%s'},"
                + "{'type':'image','media_type':'image/png','source':'inline','data':'QUJD'}]}";
        String notice = "{'role':'system_notice','kind':'comms','body':'Peer message','created_at':"
                + "'2026-01-01T00:00:00+00:00','blocks':[%s]}";
        for (String[] sender : new String[][] {
            {",'display_name':'agent: a'", "Peer message from agent: a:\\nhi:\\nthere"},
            {"", "Peer message from somebody:\\nhi:\\nthere"},
            {",'display_name':'agent-a'", "hi:\\nthere"}
        }) {
            TranscriptEntry entry = entry(notice.formatted(block.formatted(sender[0], sender[1])));
            assertThat(entry).isInstanceOfSatisfying(TranscriptEntry.Input.class, input -> {
                assertThat(input.turnId()).isEqualTo(TurnId.UNKNOWN);
                assertThat(input.input().id()).isEqualTo(InputId.UNKNOWN);
                InputBody.PeerMessage message =
                        (InputBody.PeerMessage) input.input().body();
                assertThat(message.command().body()).isEqualTo("hi:\nthere");
                assertThat(message.command().blocks()).containsExactly(new ContentBlock.Image("image/png", "QUJD"));
            });
        }
    }

    private static InputBody body(String block) {
        TranscriptEntry entry = entry("{'role':'system_notice','kind':'comms','created_at':"
                + "'2026-01-01T00:00:00+00:00','blocks':[{'type':'comms','direction':'incoming','peer':{'id':'ID'},"
                + block + "}]}");
        return ((TranscriptEntry.Input) entry).input().body();
    }

    @Test
    void aMessageTellsWhichOneItAnswers() {
        String text = "'kind':'message','content':[{'type':'text','text':'yes'}]";

        InputBody.PeerMessage answer = (InputBody.PeerMessage) body(text + ",'in_reply_to':'ID'");
        InputBody.PeerMessage first = (InputBody.PeerMessage) body(text);

        assertThat(answer.inReplyTo()).contains(EnvelopeId.of(first.from().id().toString()));
        assertThat(first.inReplyTo()).isEmpty();
    }

    @Test
    void aResponseTellsItsRequestWhateverTheFieldIsCalled() {
        String text = "'content':[{'type':'text','text':'Peer terminal response from b'},"
                + "{'type':'image','media_type':'image/png','source':'inline','data':'QUJD'}]";
        for (String field : List.of("request_id", "in_reply_to")) {
            String request = ",'" + field + "':'ID',";
            InputBody.PeerResponse done = (InputBody.PeerResponse)
                    body("'kind':'response_terminal','status':'failed','payload':{'why':'x'}" + request + text);
            InputBody.PeerResponse begun =
                    (InputBody.PeerResponse) body("'kind':'response_progress','status':'Accepted'" + request + text);

            assertThat(done.command().inReplyTo())
                    .isEqualTo(RequestId.of(done.from().id().toString()));
            assertThat(done.command().status()).isEqualTo(ResponseStatus.FAILED);
            assertThat(done.command().result().text()).isEqualTo("{\"why\":\"x\"}");
            assertThat(done.command().blocks()).containsExactly(new ContentBlock.Image("image/png", "QUJD"));
            assertThat(begun.command().status()).isEqualTo(ResponseStatus.ACCEPTED);
        }
    }

    @Test
    void aPromptOfBlocksHasItsTextsTogether() {
        TranscriptEntry entry = entry("{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'},"
                + "{'type':'video','media_type':'video/mp4'}],'created_at':'2026-01-01T00:00:00Z'}");
        assertThat(((TranscriptEntry.Input) entry).input().body())
                .isEqualTo(new InputBody.Prompt(
                        "a\nb",
                        List.of(new ContentBlock.Unrecognized(
                                "video", Json.parse("{\"type\":\"video\",\"media_type\":\"video/mp4\"}")))));
    }

    @Test
    void aToolResultIsJoinedWithItsCall() {
        List<TranscriptEntry> entries = entries("{'role':'block_assistant','run_id':'ID','blocks':["
                + "{'block_type':'reasoning','data':{'text':'hm'}},{'block_type':'text','data':{'text':'let me '}},"
                + "{'block_type':'text','data':{'text':'see'}},"
                + "{'block_type':'tool_use','data':{'id':'t1','name':'clock','args':{'zone':'UTC'}}}],"
                + "'stop_reason':'tool_use','created_at':'2026-01-01T00:00:00Z'},"
                + "{'role':'tool_results','results':[{'tool_use_id':'t1','content':'noon','is_error':true}],"
                + "'created_at':'2026-01-01T00:00:01Z'}");
        assertThat(entries.get(0))
                .isEqualTo(new TranscriptEntry.ModelStep(
                        Instant.parse("2026-01-01T00:00:00Z"),
                        TurnId.of(ID),
                        "let me see",
                        List.of(new ToolRequest("t1", "t1", "clock", Json.parse("{\"zone\":\"UTC\"}")))));
        assertThat(entries.get(1))
                .isEqualTo(new TranscriptEntry.Tool(
                        Instant.parse("2026-01-01T00:00:01Z"),
                        TurnId.UNKNOWN,
                        new ToolCall("t1", "clock", Json.parse("{\"zone\":\"UTC\"}"), Json.parse("\"noon\""), true)));
    }

    @Test
    void aToolResultThatSaysWhatWasCalledNeedsNoRowBeforeIt() {
        assertThat(entry("{'role':'tool_results','run_id':'ID','results':[{'tool_use_id':'t1','name':'clock',"
                        + "'args':{'zone':'UTC'},'content':'noon','is_error':false}]}"))
                .isInstanceOfSatisfying(
                        TranscriptEntry.Tool.class,
                        tool -> assertThat(tool.call())
                                .isEqualTo(new ToolCall(
                                        "t1",
                                        "clock",
                                        Json.parse("{\"zone\":\"UTC\"}"),
                                        Json.parse("\"noon\""),
                                        false)));
    }

    @Test
    void resultsWithoutTheirCallOnThePageAndSeveralInOneRowAreKept() {
        List<TranscriptEntry> entries =
                entries("{'role':'tool_results','results':[{'tool_use_id':'t1','content':'noon'}]},"
                        + "{'role':'block_assistant','blocks':[{'block_type':'tool_use','data':{'id':'t1','name':'clock'}},"
                        + "{'block_type':'tool_use','data':{'id':'t2','name':'clock'}}],'stop_reason':'tool_use'},"
                        + "{'role':'tool_results','results':[{'tool_use_id':'t1'},{'tool_use_id':'t2'}]}");
        assertThat(entries).hasSize(3);
        assertThat(entries.get(0)).isInstanceOf(TranscriptEntry.Unrecognized.class);
        assertThat(entries.get(2))
                .isEqualTo(new TranscriptEntry.Unrecognized(
                        Instant.EPOCH,
                        "tool_results",
                        Json.parse("{\"role\":\"tool_results\",\"results\":[{\"tool_use_id\":\"t1\"},"
                                + "{\"tool_use_id\":\"t2\"}]}")));
    }

    @Test
    void anInterruptedAnswerSaysSo() {
        assertThat(entry("{'role':'block_assistant','blocks':[],'stop_reason':'cancelled'}"))
                .isEqualTo(new TranscriptEntry.Answer(Instant.EPOCH, TurnId.UNKNOWN, "", true));
        assertThat(entry("{'role':'assistant','content':'legacy','stop_reason':'end_turn'}"))
                .isEqualTo(new TranscriptEntry.Answer(Instant.EPOCH, TurnId.UNKNOWN, "legacy", false));
    }

    @Test
    void whatTheApiCannotHoldIsKeptAndNeverAnError() {
        String longName = "n".repeat(Limits.NAME_CHARS + 1);
        for (String row : List.of(
                "{'role':'user','content':'  '}",
                "{'role':'user','content':[]}",
                "{'role':'user','content':'context','transcript_role':'injected_context'}",
                "{'role':'system'}",
                "{'role':'oracle','content':'x'}",
                "{'content':'x'}",
                "7",
                "null",
                "{'role':'system_notice','kind':'mcp','blocks':[{'type':'mcp'}]}",
                "{'role':'system_notice','kind':'generic'}",
                "{'role':'system_notice','blocks':[{'type':'external_event','event_type':'" + longName + "'}]}",
                "{'role':'system_notice','blocks':[{'type':'external_event','event_type':' '}]}",
                "{'role':'system_notice','blocks':[{'type':'comms','kind':'message','direction':'outgoing'}]}",
                "{'role':'system_notice','blocks':[{'type':'comms','kind':'message','direction':'incoming'}]}",
                "{'role':'system_notice','blocks':[{'type':'comms','kind':'response_terminal','direction':'incoming'}]}",
                "{'role':'system_notice','blocks':[{'type':'comms','kind':'request','direction':'incoming',"
                        + "'peer':{'id':'ID'},'intent':'x','request_id':'7'}]}",
                "{'role':'system_notice','blocks':[{'type':'external_event','event_type':'a'},{'type':'comms'}]}")) {
            assertThat(entry(row)).as(row).isInstanceOf(TranscriptEntry.Unrecognized.class);
        }
    }

    @Test
    void aRowOverTheLimitsIsKeptAsANote() {
        String large = "x".repeat(Limits.MESSAGE_BYTES);
        assertThat(entry("{'role':'user','content':'" + large + large + "'}"))
                .isInstanceOfSatisfying(TranscriptEntry.Unrecognized.class, kept -> {
                    assertThat(kept.role()).isEqualTo("user");
                    assertThat(kept.raw().at("/omitted")).isPresent();
                });
    }

    @Test
    void aPageNeedsItsRowsAndItsPlace() {
        for (String lacking : List.of(
                "{'offset':0,'message_count':1}",
                "{'messages':{},'offset':0,'message_count':1}",
                "{'messages':[],'message_count':1}",
                "{'messages':[],'offset':0}")) {
            assertThatThrownBy(() -> Answers.history(json(lacking), "me")).isInstanceOf(UnknownOutcomeException.class);
        }
    }
}
