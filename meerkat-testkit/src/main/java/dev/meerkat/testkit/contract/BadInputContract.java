package dev.meerkat.testkit.contract;

import static dev.meerkat.testkit.contract.BadValues.BLANK;
import static dev.meerkat.testkit.contract.BadValues.CONTROL;
import static dev.meerkat.testkit.contract.BadValues.OVER_LABELS;
import static dev.meerkat.testkit.contract.BadValues.OVER_MESSAGE;
import static dev.meerkat.testkit.contract.BadValues.OVER_MESSAGE_IN_UTF8;
import static dev.meerkat.testkit.contract.BadValues.OVER_NAME;
import static dev.meerkat.testkit.contract.BadValues.SURROGATE;
import static dev.meerkat.testkit.contract.BadValues.nil;
import static dev.meerkat.testkit.contract.BadValues.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand.Input;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.testkit.contract.BadValues.Row;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What no Meerkat takes: refused with the name of the field and the value, and nothing half done. */
public abstract class BadInputContract extends ContractChapter {
    private static final PeerRef A = PeerRef.named("a");
    private static final RequestId REQUEST = new RequestId(new UUID(1, 2));
    private static final ExternalEvent EVENT = ExternalEvent.genericJson("push", Json.EMPTY_OBJECT);

    /** For subclasses. */
    protected BadInputContract() {}

    @TestFactory
    public Stream<DynamicTest> badTextIsRefused() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        return refused(
                Stream.of(
                                textRows("input body", "body", text -> a.send(Input.of(text))),
                                textRows("message body", "body", text -> a.send(PeerMessage.to("b", text))),
                                textRows("prompt of a turn", "prompt", a::startTurn),
                                textRows(
                                        "prompt of a session",
                                        "prompt",
                                        text -> meerkat().create(SessionSpec.ofPrompt(text))),
                                textRows(
                                        "text block",
                                        "blocks[].text",
                                        text -> a.send(Input.of("x").withBlocks(List.of(new ContentBlock.Text(text))))),
                                textRows(
                                        "system prompt",
                                        "system_prompt",
                                        text -> meerkat()
                                                .create(SessionSpec.ofPrompt("x")
                                                        .withSystemPrompt(text))))
                        .flatMap(List::stream)
                        .map(BadInputContract::refused),
                a,
                b);
    }

    @TestFactory
    public Stream<DynamicTest> badNamesAreRefused() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        SessionSpec named = SessionSpec.ofPrompt("x").withKeepAliveAs("c");
        return refused(
                Stream.of(
                                nameRows(
                                        "comms name",
                                        "comms_name",
                                        name -> meerkat()
                                                .create(SessionSpec.ofPrompt("x")
                                                        .withKeepAliveAs(name))),
                                nameRows("realm", "realm", name -> meerkat().create(named.withRealm(name))),
                                nameRows("peer name", "to", name -> a.send(PeerMessage.to(name, "x"))),
                                nameRows(
                                        "source",
                                        "source",
                                        name -> a.send(Input.of("x").withSource(name))),
                                nameRows("intent", "intent", name -> a.request(PeerRequest.to("b", name, Json.NULL))),
                                nameRows(
                                        "event type",
                                        "event_type",
                                        name -> a.sendExternalEvent(ExternalEvent.genericJson(name, Json.NULL))),
                                nameRows("event source", "source", name -> a.sendExternalEvent(EVENT.withSource(name))),
                                keyRows(key -> a.sendExternalEvent(EVENT.withIdempotencyKey(key))))
                        .flatMap(List::stream)
                        .map(BadInputContract::refused),
                a,
                b);
    }

    @TestFactory
    public Stream<DynamicTest> messagesOverTheLimitAreRefusedByTheSumOfTheirParts() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        String half = "x".repeat(Limits.MESSAGE_BYTES / 2 + 1);
        List<ContentBlock> block = List.of(new ContentBlock.Text(half));
        Json json = Json.parse('"' + half + '"');
        String whole = '"' + "x".repeat(Limits.MESSAGE_BYTES) + '"';
        return refused(
                Stream.of(
                                row(
                                        "body",
                                        "message",
                                        () -> a.send(Input.of(half).withBlocks(block))),
                                row(
                                        "peer body",
                                        "message",
                                        () -> a.send(PeerMessage.to("b", half).withBlocks(block))),
                                row(
                                        "params",
                                        "message",
                                        () -> a.send(
                                                PeerRequest.to("b", "x", json).withBlocks(block))),
                                row(
                                        "result",
                                        "message",
                                        () -> a.send(PeerResponse.completed(A, REQUEST, json)
                                                .withBlocks(block))),
                                row(
                                        "payload",
                                        "message",
                                        () -> a.sendExternalEvent(ExternalEvent.genericJson("push", json)
                                                .withBlocks(block))),
                                row(
                                        "JSON",
                                        "json",
                                        () -> a.sendExternalEvent(
                                                ExternalEvent.genericJson("push", Json.parse(whole)))))
                        .map(BadInputContract::refused),
                a,
                b);
    }

    @TestFactory
    public Stream<DynamicTest> badJsonIsRefused() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        int depth = Limits.JSON_DEPTH + 1;
        int farTooDeep = Limits.MESSAGE_BYTES / 2;
        return refused(
                Stream.of(
                                "[".repeat(depth) + "]".repeat(depth),
                                "[".repeat(farTooDeep) + "]".repeat(farTooDeep),
                                "{\"a\":".repeat(depth) + "1" + "}".repeat(depth),
                                "",
                                " ",
                                "{",
                                "[1,]",
                                "{} {}",
                                "nul",
                                "01",
                                "NaN",
                                "'a'",
                                "{\"a\":1,\"a\":2}",
                                '"' + SURROGATE + '"',
                                '"' + CONTROL + '"',
                                (char) 0xFEFF + "{}",
                                "/* */ 1")
                        .map(text -> row(
                                "JSON " + text.substring(0, Math.min(12, text.length())),
                                "json",
                                () -> a.sendExternalEvent(ExternalEvent.genericJson("push", Json.parse(text)))))
                        .map(BadInputContract::refused),
                a,
                b);
    }

    @TestFactory
    public Stream<DynamicTest> otherBadPartsAreRefused() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        SessionSpec spec = SessionSpec.ofPrompt("x");
        Input input = Input.of("x");
        return refused(
                Stream.of(
                                row(
                                        "labels over the limit",
                                        "labels",
                                        () -> meerkat().create(spec.withLabels(OVER_LABELS))),
                                row(
                                        "blank label",
                                        "labels.key",
                                        () -> meerkat().create(spec.withLabels(Map.of(" ", "x")))),
                                row(
                                        "label with half a pair",
                                        "labels.a",
                                        () -> meerkat().create(spec.withLabels(Map.of("a", SURROGATE)))),
                                row(
                                        "keep-alive without a name",
                                        "comms_name",
                                        () -> meerkat().create(spec.withKeepAlive(true))),
                                row(
                                        "mode on an accepted response",
                                        "handling_mode",
                                        () -> a.send(PeerResponse.accepted(A, REQUEST)
                                                .withHandlingMode(HandlingMode.QUEUE))),
                                row(
                                        "null block",
                                        "blocks[]",
                                        () -> a.send(input.withBlocks(Collections.singletonList(nil())))),
                                row("null params", "params", () -> a.send(PeerRequest.to("b", "x", nil()))),
                                row(
                                        "null payload",
                                        "payload",
                                        () -> a.sendExternalEvent(ExternalEvent.genericJson("push", nil()))),
                                row("null mode", "handling_mode", () -> a.send(input.withHandlingMode(nil()))),
                                row("short id", "session_id", () -> meerkat().open(SessionId.of("1-1-1-1-1"))),
                                row("negative cursor", "cursor", () -> a.events(new Cursor(-1))),
                                row(
                                        "negative offset",
                                        "offset",
                                        () -> meerkat().list(SessionQuery.all().page(-1, 1))),
                                row(
                                        "no rows",
                                        "limit",
                                        () -> meerkat().list(SessionQuery.all().page(0, 0))))
                        .map(BadInputContract::refused),
                a,
                b);
    }

    @TestFactory
    public Stream<DynamicTest> aNullArgumentIsRefused() throws Exception {
        Session a = idle("a");
        return refused(
                Stream.of(
                                row("create", "spec", () -> meerkat().create(nil())),
                                row("open", "session_id", () -> meerkat().open(BadValues.<SessionId>nil())),
                                row(
                                        "open by name",
                                        "comms_name",
                                        () -> meerkat().open(BadValues.<String>nil())),
                                row("list", "query", () -> meerkat().list(nil())),
                                row("send", "command", () -> a.send(BadValues.<Input>nil())),
                                row("request", "request", () -> a.request(nil())),
                                row("reply", "request_id", () -> a.reply(nil())),
                                row("external event", "event", () -> a.sendExternalEvent(nil())),
                                row("input status", "input_id", () -> a.inputStatus(nil())),
                                row("start turn", "prompt", () -> a.startTurn(BadValues.<InputBody.Prompt>nil())),
                                row("interrupt", "turn_id", () -> a.interrupt(nil())),
                                row("note", "note", () -> a.injectContext(nil())),
                                row("answer", "answer", () -> a.deliverPeerAnswer(nil())),
                                row("events", "after", () -> a.events(nil())))
                        .map(BadInputContract::refused),
                a,
                a);
    }

    @TestFactory
    public Stream<DynamicTest> whatIsJustWithinTheLimitsIsTaken() throws Exception {
        Session a = idle("a");
        echo();
        String name = "n".repeat(Limits.NAME_CHARS);
        int depth = Limits.JSON_DEPTH;
        return Stream.of(
                        row("a whole message", "", () -> whole(a, "x".repeat(Limits.MESSAGE_BYTES))),
                        row(
                                "a whole message of two-byte letters",
                                "",
                                () -> whole(a, "ü".repeat(Limits.MESSAGE_BYTES / 2))),
                        row(
                                "the deepest JSON",
                                "",
                                () -> a.sendExternalEvent(ExternalEvent.genericJson(
                                        name, Json.parse("[".repeat(depth) + "]".repeat(depth))))),
                        row("the longest name", "", () -> idle(name)),
                        row("the longest key", "", () -> {
                            if (!lacks(Capability.EVENT_DEDUPE)) {
                                a.sendExternalEvent(EVENT.withIdempotencyKey("k".repeat(Limits.KEY_BYTES)));
                            }
                        }),
                        row(
                                "the most labels",
                                "",
                                () -> idle(SessionSpec.ofPrompt("x")
                                        .withLabels(Map.of("key", "v".repeat(Limits.LABELS_BYTES - 3))))))
                // What is refused fails the test.
                .map(row -> DynamicTest.dynamicTest(row.name(), row.call()::call));
    }

    /** A call with one text. */
    private interface TextCall {
        Object with(String text) throws Exception;
    }

    private static List<Row> textRows(String what, String field, TextCall call) {
        return List.of(
                row("null " + what, field, () -> call.with(nil())),
                row("empty " + what, field, () -> call.with("")),
                row("blank " + what, field, () -> call.with(BLANK)),
                row("oversized " + what, field, () -> call.with(OVER_MESSAGE)),
                row(what + " oversized in UTF-8", field, () -> call.with(OVER_MESSAGE_IN_UTF8)),
                row(what + " with half a pair", field, () -> call.with(SURROGATE)));
    }

    private static List<Row> nameRows(String what, String field, TextCall call) {
        return List.of(
                row("null " + what, field, () -> call.with(nil())),
                row("blank " + what, field, () -> call.with(BLANK)),
                row("long " + what, field, () -> call.with(OVER_NAME)),
                row(what + " with a control character", field, () -> call.with(CONTROL)),
                row(what + " with outer white space", field, () -> call.with(" x")),
                row(what + " with half a pair", field, () -> call.with(SURROGATE)));
    }

    private static List<Row> keyRows(TextCall call) {
        String field = "idempotency_key";
        return List.of(
                row("null key", field, () -> call.with(nil())),
                row("blank key", field, () -> call.with(BLANK)),
                row("long key", field, () -> call.with("ü".repeat(Limits.KEY_BYTES / 2 + 1))),
                row("key with a line break", field, () -> call.with("a\nb")),
                row("key with half a pair", field, () -> call.with(SURROGATE)));
    }

    /** The refusals, and after all of them that the sessions are as they were, and no more of them. */
    private Stream<DynamicTest> refused(Stream<DynamicTest> refusals, Session a, Session b)
            throws InterruptedException {
        List<Seen.Trace> before = List.of(trace(a), trace(b));
        int count = meerkat().list(SessionQuery.all()).sessions().size();
        DynamicTest nothingDone = DynamicTest.dynamicTest("nothing was done", () -> {
            assertThat(List.of(trace(a), trace(b))).isEqualTo(before);
            assertThat(meerkat().list(SessionQuery.all()).sessions()).hasSize(count);
        });
        return Stream.concat(refusals, Stream.of(nothingDone));
    }

    /** The refusal names field and value in one short line. */
    private static DynamicTest refused(Row row) {
        return DynamicTest.dynamicTest(row.name(), () -> {
            Throwable refusal = catchThrowable(row.call());

            assertThat(refusal).isInstanceOf(InvalidFieldException.class);
            InvalidFieldException typed = (InvalidFieldException) refusal;
            assertThat(typed.field()).isEqualTo(row.field());
            assertThat(typed).hasMessageContaining(row.field()).hasMessageContaining(typed.value());
            assertThat(typed.getMessage()).hasSizeLessThan(500).doesNotContain("\n");
        });
    }
}
