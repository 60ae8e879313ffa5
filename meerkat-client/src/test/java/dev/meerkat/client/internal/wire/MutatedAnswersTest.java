package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Whatever a server answers is read, or is a typed error. */
class MutatedAnswersTest {
    private static final int ROUNDS = 20;
    static final SessionId SESSION = SessionId.of("01900000-0000-7000-8000-00000000000a");
    private static final PeerRef TO = PeerRef.named("agent-b");
    private static final ExternalEvent EVENT =
            ExternalEvent.genericJson("deploy", Json.NULL).withIdempotencyKey("k");
    static final List<CommsCommand<?>> COMMANDS = List.of(
            CommsCommand.Input.of("x"),
            CommsCommand.PeerMessage.to(TO, "x"),
            CommsCommand.PeerRequest.to(TO, "checksum_token", Json.NULL),
            CommsCommand.PeerResponse.accepted(TO, RequestId.of("01900000-0000-7000-8000-00000000000a")));

    /** Everything that reads an answer. */
    static final List<Function<JsonNode, Object>> READERS = List.of(
            Answers::version,
            answer -> Answers.created(answer, true),
            answer -> Answers.created(answer, false),
            Answers::completed,
            Answers::session,
            Answers::sessions,
            answer -> Answers.history(answer, "me"),
            Answers::eventOutcome,
            Answers::inputStatus,
            Answers::contextApplied,
            Answers::peers,
            Answers::latest,
            Answers::logPage,
            answer -> Answers.receipt(COMMANDS.get(0), answer),
            answer -> Answers.receipt(COMMANDS.get(1), answer),
            answer -> Answers.receipt(COMMANDS.get(2), answer),
            answer -> Answers.receipt(COMMANDS.get(3), answer));

    private final Random random = new Random(20_260_421);

    @Test
    void anyReaderReadsAnyMutatedAnswerOrThrowsATypedError() {
        List<JsonNode> answers = new ArrayList<>();
        Recorded.calls().forEach(call -> answers.add(call.result()));
        Recorded.exchanges().forEach(exchange -> answers.add(exchange.answer()));
        int read = 0;
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (JsonNode answer : answers) {
                JsonNode mutated = mutated(answer);
                for (Function<JsonNode, Object> reader : READERS) {
                    try {
                        assertThat(reader.apply(mutated)).isNotNull();
                        read++;
                    } catch (MeerkatException e) {
                        assertThat(e.code()).isNotBlank();
                        refused++;
                    }
                }
            }
        }
        assertThat(read).isGreaterThan(1_000);
        assertThat(refused).isGreaterThan(1_000);
    }

    @Test
    void mutatedEventsAreAlwaysRead() {
        List<JsonNode> payloads = new ArrayList<>();
        Recorded.envelopes("01a2053e-17e2-7268-95a4-8e65caa99ee8")
                .forEach(envelope -> payloads.add(envelope.path("payload")));
        payloads.add(Recorded.json("{\"type\":\"tool_call_requested\",\"id\":\"t\",\"name\":\"n\",\"args\":{}}"));
        payloads.add(Recorded.json("{\"type\":\"tool_result_received\",\"id\":\"t\",\"content\":[]}"));
        payloads.add(Recorded.json("{\"type\":\"run_failed\",\"error_report\":{\"class\":\"llm\",\"reason\":{}}}"));
        payloads.add(Recorded.json("{\"type\":\"stream_truncated\",\"reason\":{\"dropped\":1}}"));
        EventReader reader = new EventReader();
        for (int round = 0; round < 20 * ROUNDS; round++) {
            for (JsonNode payload : payloads) {
                JsonNode mutated = mutated(payload);
                String type = mutated.path("type").asText();
                Cursor cursor = new Cursor(round);
                assertThat(reader.read(new ReadEvent("", round, random.nextLong(), type, mutated), cursor)
                                .cursor())
                        .isEqualTo(cursor);
            }
        }
    }

    @Test
    void mutatedErrorsAreAlwaysTyped() {
        List<JsonNode> datas = new ArrayList<>();
        Recorded.calls().forEach(call -> datas.add(call.answer().path("error").path("data")));
        Recorded.exchanges().forEach(exchange -> datas.add(exchange.answer()));
        int[] codes = {-32700, -32600, -32601, -32602, -32603, -32001, -32005, -32011, -32035, -1, 1};
        int[] statuses = {302, 400, 401, 404, 405, 409, 422, 429, 499, 500, 502, 503, 599};
        for (int round = 0; round < ROUNDS; round++) {
            for (JsonNode data : datas) {
                boolean rest = random.nextBoolean();
                Fault fault = new Fault(
                        rest ? 0 : codes[random.nextInt(codes.length)],
                        rest ? statuses[random.nextInt(statuses.length)] : 0,
                        random.nextBoolean() ? "" : data.path("code").asText("x"),
                        random.nextBoolean() ? "" : data.path("message").asText("Session is archived"),
                        mutated(data));
                assertThat(AnsweredFaults.typed(fault, random.nextBoolean() ? null : SESSION))
                        .isNotNull();
                COMMANDS.forEach(command -> assertThat(
                                AnsweredFaults.ofSend(fault, SESSION, command).code())
                        .isNotBlank());
                assertThat(AnsweredFaults.ofTurn(fault)).isNotNull();
                assertThat(AnsweredFaults.createdDespite(fault)).isNotNull();
                assertThat(Answers.refusedEvent(fault, EVENT)).isNotNull();
            }
        }
    }

    /** A copy with up to three of its parts left out, replaced or repeated. */
    private JsonNode mutated(JsonNode tree) {
        JsonNode copy = tree.isMissingNode() ? JsonNodeFactory.instance.nullNode() : tree.deepCopy();
        for (int i = random.nextInt(4); i > 0; i--) {
            copy = mutateOne(copy);
        }
        return copy;
    }

    private JsonNode mutateOne(JsonNode root) {
        List<ObjectNode> objects = new ArrayList<>();
        List<ArrayNode> arrays = new ArrayList<>();
        collect(root, objects, arrays);
        int choice = objects.isEmpty() && arrays.isEmpty() ? 0 : random.nextInt(20);
        if (choice == 0) {
            return oddValue();
        }
        if (!arrays.isEmpty() && (objects.isEmpty() || choice < 5)) {
            ArrayNode array = arrays.get(random.nextInt(arrays.size()));
            array.insert(random.nextInt(array.size() + 1), oddValue());
            return root;
        }
        ObjectNode object = objects.get(random.nextInt(objects.size()));
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty()) {
            object.set("new", oddValue());
            return root;
        }
        String name = names.get(random.nextInt(names.size()));
        if (choice < 12) {
            object.set(name, oddValue());
        } else {
            object.remove(name);
        }
        return root;
    }

    private static void collect(JsonNode tree, List<ObjectNode> objects, List<ArrayNode> arrays) {
        if (tree instanceof ObjectNode object) {
            objects.add(object);
        } else if (tree instanceof ArrayNode array) {
            arrays.add(array);
        }
        tree.forEach(child -> collect(child, objects, arrays));
    }

    private JsonNode oddValue() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(16)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.booleanNode(random.nextBoolean());
            case 2 -> nodes.numberNode(random.nextLong());
            case 3 -> nodes.numberNode(new BigInteger(200, random));
            case 4 -> nodes.numberNode(new BigDecimal("1E+999999999"));
            case 5 -> nodes.numberNode(-1);
            case 6 -> nodes.textNode("");
            case 7 -> nodes.textNode(" \u0000\ud800");
            case 8 -> nodes.textNode("x".repeat(2_000));
            case 9 -> nodes.textNode("01900000-0000-7000-8000-00000000000a");
            case 10 -> nodes.textNode("+1000000000-12-31T23:59:59.999999999Z");
            case 11 -> nodes.objectNode();
            case 12 -> nodes.arrayNode();
            case 13 -> nodes.arrayNode().add(nodes.objectNode().set("type", nodes.textNode("text")));
            case 14 -> nodes.objectNode().set("dropped", nodes.numberNode(Long.MAX_VALUE));
            default -> nodes.textNode("cancelled");
        };
    }
}
