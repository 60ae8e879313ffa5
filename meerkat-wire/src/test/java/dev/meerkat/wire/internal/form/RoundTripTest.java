package dev.meerkat.wire.internal.form;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is written is read as it was. */
class RoundTripTest {
    private static final Map<Class<?>, Function<Node, ?>> READERS = Map.ofEntries(
            entry(AdmittedInput.class, InputForm::admitted),
            entry(CommsCommand.class, StoredCommandForm::read),
            entry(ContentBlock.class, ContentForm::block),
            entry(DeadLetter.class, ValueForm::deadLetter),
            entry(DeadLetterPage.class, ValueForm::deadLetterPage),
            entry(EventOutcome.class, ValueForm::eventOutcome),
            entry(ExternalEvent.class, InputForm::event),
            entry(HistoryPage.class, ValueForm::historyPage),
            entry(InputBody.class, InputForm::read),
            entry(InputStatus.class, ValueForm::inputStatus),
            entry(InterruptOutcome.class, ValueForm::interruptOutcome),
            entry(Peer.class, ValueForm::peer),
            entry(PeerReply.class, ContentForm::reply),
            entry(Receipt.class, ValueForm::receipt),
            entry(Schedule.class, ScheduleForm::schedule),
            entry(SessionEvent.class, ValueForm::event),
            entry(SessionPage.class, ValueForm::sessionPage),
            entry(SessionSnapshot.class, ValueForm::session),
            entry(ToolCall.class, ContentForm::toolCall),
            entry(ToolRequest.class, ContentForm::toolRequest),
            entry(TranscriptEntry.class, TranscriptForm::read),
            entry(TurnOutcome.class, ValueForm::turnOutcome));

    private static final List<Function<SessionSpec, Object>> PARTS = List.of(
            SessionSpec::prompt,
            SessionSpec::realm,
            SessionSpec::commsName,
            SessionSpec::keepAlive,
            SessionSpec::deferredStart,
            SessionSpec::peerMeta,
            SessionSpec::labels,
            SessionSpec::model,
            SessionSpec::systemPrompt);

    @Test
    void everyValueOfTheApiIsReadAsItWasWritten() throws IOException {
        for (HasJson value : Samples.all()) {
            assertThat(sent(out -> ValueForm.write(out, value), READERS.get(family(value))))
                    .isEqualTo(value);
        }
    }

    private static Class<?> family(HasJson value) {
        for (Class<?> family : HasJson.class.getPermittedSubclasses()) {
            if (family.isInstance(value)) {
                return family;
            }
        }
        throw new IllegalArgumentException("of no family: " + value);
    }

    @Test
    void whatIsOnlyAskedWithIsReadAsItWasWritten() throws IOException {
        SessionQuery query = SessionQuery.all().withLabel("payload", "x").page(3, 4);
        ContextNote bare = ContextNote.of("text");
        ContextNote note = new ContextNote("text", Optional.of("source"), Optional.of("key"));
        PeerAnswer answer = new PeerAnswer(
                new PeerId(new UUID(1, 2)),
                Optional.of("b"),
                new RequestId(new UUID(3, 4)),
                PeerAnswer.Status.CANCELLED,
                Json.parse("[1.10]"));

        assertThat(sent(out -> RequestForm.write(out, query), RequestForm::query))
                .isEqualTo(query);
        assertThat(sent(out -> RequestForm.write(out, bare), RequestForm::note)).isEqualTo(bare);
        assertThat(sent(out -> RequestForm.write(out, note), RequestForm::note)).isEqualTo(note);
        assertThat(sent(out -> RequestForm.write(out, answer), RequestForm::answer))
                .isEqualTo(answer);
    }

    @Test
    void aSpecIsReadAsItWasWritten() throws IOException {
        SessionSpec bare = SessionSpec.withoutPrompt();
        SessionSpec spec = SessionSpec.ofPrompt(new InputBody.Prompt("p", List.of(), List.of("i")))
                .withKeepAliveAs("a")
                .withDeferredStart()
                .withRealm("r")
                .withLabels(Map.of("params", "x"))
                .withPeerMeta(new PeerMeta("d", Map.of("raw", "y")))
                .withModel("m")
                .withSystemPrompt("s");

        for (SessionSpec written : List.of(bare, spec)) {
            SessionSpec read = sent(out -> SpecForm.write(out, written), SpecForm::read);

            assertThat(PARTS).allSatisfy(part -> assertThat(part.apply(read)).isEqualTo(part.apply(written)));
        }
    }

    @Test
    void halfACharacterAtTheEndOfAPieceIsRead() throws IOException {
        SessionEvent half = new SessionEvent.TextDelta(Cursor.START, new TurnId(new UUID(1, 2)), "cut \ud83d");

        assertThat(sent(out -> ValueForm.write(out, half), ValueForm::event)).isEqualTo(half);
    }

    @Test
    void whatIsInNoFormIsRefusedAsOneError() {
        for (String other : new String[] {"{}", "{\"value\":3}", "{\"value\":{}}", "{\"value\":{\"outcome\":\"?\"}}"}) {
            assertThatExceptionOfType(InvalidFieldException.class)
                    .as(other)
                    .isThrownBy(() -> ApiCall.read(WireJson.read(other), ValueForm::turnOutcome));
        }
    }

    /** As it comes at the other side. */
    private static <T> T sent(Consumer<Out> fields, Function<Node, T> reader) throws IOException {
        ObjectNode written = ApiCall.write(fields);
        byte[] line = WireJson.write(written);
        return ApiCall.read(WireJson.read(line, 0, line.length), reader);
    }
}
