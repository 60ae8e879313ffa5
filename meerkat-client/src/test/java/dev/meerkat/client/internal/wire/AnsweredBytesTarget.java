package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.ScheduleForm;
import dev.meerkat.wire.internal.form.ValueForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * What Jazzer changes: the first byte says which reader reads the others, of all that servers answer. Public, as Jazzer calls it.
 */
public final class AnsweredBytesTarget {
    private static final List<Function<Node, Object>> VALUES = List.of(
            ValueForm::event,
            ValueForm::receipt,
            ValueForm::eventOutcome,
            ValueForm::turnOutcome,
            ValueForm::interruptOutcome,
            ValueForm::session,
            ValueForm::sessionPage,
            ValueForm::historyPage,
            ValueForm::deadLetterPage,
            ValueForm::inputStatus,
            ValueForm::peer,
            ScheduleForm::schedule);
    private static final List<Function<JsonNode, Object>> READERS = readers();

    private AnsweredBytesTarget() {}

    private static List<Function<JsonNode, Object>> readers() {
        List<Function<JsonNode, Object>> all = new ArrayList<>(MutatedAnswersTest.READERS);
        VALUES.forEach(value -> all.add(answer -> Answers.api(answer, value)));
        all.add(AnsweredBytesTarget::event);
        all.add(AnsweredBytesTarget::fault);
        all.add(Answers::problems);
        all.add(Answers::envelope);
        return List.copyOf(all);
    }

    /** Events are always read, of a log and live. */
    private static Object event(JsonNode payload) {
        String type = payload.path("type").asText();
        Cursor cursor = new Cursor(7);
        for (EventReader reader : List.of(new EventReader(), EventReader.ofLog())) {
            if (!reader.read(new ReadEvent("", 7, 0, type, payload), cursor)
                    .cursor()
                    .equals(cursor)) {
                throw new AssertionError("the event is at another place");
            }
        }
        return payload;
    }

    /** Errors are always typed. */
    private static Object fault(JsonNode data) {
        Fault fault = new Fault(
                data.path("rpc").asInt(),
                data.path("status").asInt(),
                data.path("code").asText(""),
                data.path("message").asText(""),
                data);
        if (AnsweredFaults.typed(fault, MutatedAnswersTest.SESSION).code().isBlank()) {
            throw new AssertionError("an error without a code");
        }
        MutatedAnswersTest.COMMANDS.forEach(
                command -> Objects.requireNonNull(AnsweredFaults.ofSend(fault, MutatedAnswersTest.SESSION, command)));
        return List.of(AnsweredFaults.ofTurn(fault), AnsweredFaults.createdDespite(fault));
    }

    /**
     * Reads an answer, or refuses it with a typed error.
     *
     * @param data which reader, and what it reads
     */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        JsonNode answer;
        try {
            answer = WireJson.read(data, 1, data.length - 1);
        } catch (IOException e) {
            // No JSON.
            return;
        }
        try {
            Object unused =
                    READERS.get(Byte.toUnsignedInt(data[0]) % READERS.size()).apply(answer);
        } catch (MeerkatException e) {
            if (e.code().isBlank()) {
                throw new AssertionError("refused without a code", e);
            }
        }
    }

    /** {@return recorded answers of each kind, for each reader} */
    static List<byte[]> seeds() {
        List<String> answers = new ArrayList<>();
        Recorded.calls().forEach(call -> answers.add(call.result().toString()));
        Recorded.exchanges().forEach(exchange -> answers.add(exchange.answer().toString()));
        List<byte[]> seeds = new ArrayList<>();
        List<String> distinct = answers.stream()
                .distinct()
                .filter(text -> text.length() > 2 && text.length() < 2_000)
                .toList();
        for (int i = 0; i < distinct.size(); i++) {
            seeds.add(numbered(i % READERS.size(), distinct.get(i)));
        }
        return seeds;
    }

    private static byte[] numbered(int reader, String text) {
        byte[] data = ("?" + text).getBytes(StandardCharsets.UTF_8);
        data[0] = (byte) reader;
        return data;
    }
}
