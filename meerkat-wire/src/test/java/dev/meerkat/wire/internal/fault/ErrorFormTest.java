package dev.meerkat.wire.internal.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.EarlierMessageUndeliveredException;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Lane;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDeadLetterException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.StoreInUseException;
import dev.meerkat.api.StoreLostException;
import dev.meerkat.api.TooManySchedulesException;
import dev.meerkat.api.TooManySessionsException;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorFormTest {
    private static final SessionId SESSION = new SessionId(new UUID(0, 1));
    private static final SessionId OTHER = new SessionId(new UUID(0, 2));
    private static final RequestId REQUEST = new RequestId(new UUID(0, 3));
    private static final PeerId PEER = new PeerId(new UUID(0, 4));

    private static Stream<MeerkatException> refusals() {
        return Stream.of(
                new SessionNotFoundException("a \"b\" in realm x"),
                new SessionArchivedException(SESSION),
                new InvalidFieldException("body", "a \"b\"", "must not be: so"),
                new NotSupportedException("no"),
                new EarlierMessageUndeliveredException(SESSION, OTHER, null),
                new TooManySessionsException("the session cannot be created", 7),
                new TooManySchedulesException(SESSION, 100),
                new LaneFullException(SESSION, Lane.COMMS, "4 inputs", Duration.ofMillis(250)),
                new LaneFullException(OTHER, Lane.EXTERNAL, "1000 bytes", Duration.ofMillis(1)),
                new CommsNameTakenException("default", "a \"b\"", OTHER),
                new NotDeadLetterException(SESSION, new InputId(new UUID(0, 5))),
                new RequestNotFoundException(REQUEST, "is no request: of this session"),
                new AlreadyAnsweredException(REQUEST),
                new SelfSendException(PeerRef.named("a")),
                new PeerNotFoundException(PeerRef.id(PEER), List.of()),
                new PeerAmbiguousException(PeerRef.named("a"), List.of()));
    }

    private static Stream<MeerkatException> ofServersOnly() {
        return Stream.of(
                new MeerkatClosedException("closed"),
                new StoreException("disk full", null),
                new StoreLostException("moved", null),
                new StoreInUseException("in use"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusalIsReadAsTheSameExceptionWhateverItsAnswerSays(MeerkatException error) throws IOException {
        ObjectNode data = (ObjectNode) WireJson.read(new String(WireJson.write(ErrorForm.data(error)), UTF_8));

        String message = error instanceof NotSupportedException ? error.getMessage() : "in other words";
        assertThat(ErrorForm.read(data, message)).hasValueSatisfying(read -> {
            assertThat(read).hasSameClassAs(error).hasMessage(error.getMessage());
            assertThat(ErrorForm.data(read)).hasToString(data.toString());
        });
    }

    @Test
    void everyRefusalOfTheTableIsTested() {
        assertThat(Stream.concat(refusals(), ofServersOnly()).map(MeerkatException::code))
                .containsAll(ErrorForm.kinds());
    }

    @Test
    void whatIsNotToldInFullOrIsNoRefusalIsNotRead() {
        refusals().filter(error -> !(error instanceof NotSupportedException)).forEach(error -> {
            ObjectNode bare = ErrorForm.data(ErrorForm.NOT_DONE, error.code());
            assertThat(ErrorForm.read(bare, "why")).as(error.code()).isEmpty();
        });
        assertThat(ErrorForm.read(ErrorForm.data(ErrorForm.NOT_DONE, "other"), "why"))
                .isEmpty();
        assertThat(ErrorForm.read(ErrorForm.data(ErrorForm.UNKNOWN, "capability_unavailable"), "why"))
                .isEmpty();
        assertThat(ErrorForm.read(WireJson.object(), "why")).isEmpty();
        ofServersOnly()
                .forEach(error ->
                        assertThat(ErrorForm.read(ErrorForm.data(error), "why")).isEmpty());
    }

    @Test
    void noAnswerNamesMoreCandidatesThanPeopleRead() {
        List<Peer> twins = IntStream.range(0, 100)
                .mapToObj(i -> new Peer(new PeerId(new UUID(9, i)), "twin", "inproc", "twin", Set.of(), PeerMeta.NONE))
                .toList();

        ObjectNode data = ErrorForm.data(new PeerAmbiguousException(PeerRef.named("twin"), twins));

        assertThat(data.path("candidates")).hasSize(32);
        assertThat(data.at("/candidates/1/peer_id").asText())
                .isEqualTo(twins.get(1).id().toString());
    }

    @Test
    void theOutcomeSaysWhatIsKnownOfTheWork() {
        UUID id = new UUID(0, 6);

        assertThat(ErrorForm.data(new FailedException("agent_failed", "no", null))
                        .path("outcome")
                        .asText())
                .isEqualTo("failed");
        ObjectNode unknown = ErrorForm.data(new UnknownOutcomeException(id, "lost", null));
        assertThat(unknown.path("outcome").asText()).isEqualTo("unknown");
        assertThat(unknown.path("id").asText()).isEqualTo(id.toString());
        ObjectNode invalid = ErrorForm.data(new InvalidFieldException("body", "", "must not be blank"));
        assertThat(invalid.path("outcome").asText()).isEqualTo("not_done");
        assertThat(invalid.path("field").asText()).isEqualTo("body");
    }

    @Test
    void anErrorThatIsNotInTheTableHasACodeByItsKind() {
        assertThat(ErrorForm.code(new FailedException("llm_overloaded", "no", null)))
                .isEqualTo(ErrorCode.PROVIDER_ERROR);
        assertThat(ErrorForm.code(new FailedException("agent_failed", "no", null)))
                .isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(ErrorForm.code(new NotDoneException("key_conflict", "no"))).isEqualTo(ErrorCode.CONFLICT);
        assertThat(ErrorForm.code(new NotDoneException("other", "no"))).isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void aNumberIsTheFirstCodeThatHasIt() {
        Set<Integer> numbers =
                Arrays.stream(ErrorCode.values()).map(ErrorCode::rpc).collect(Collectors.toSet());

        for (int number : numbers) {
            ErrorCode first = Arrays.stream(ErrorCode.values())
                    .filter(code -> code.rpc() == number)
                    .findFirst()
                    .orElseThrow();
            assertThat(ErrorCode.numbered(number)).contains(first);
        }
    }

    @Test
    void theEndOfATurnIsReadAsItWasWritten() {
        Optional<TurnId> turn = Optional.of(new TurnId(new UUID(0, 7)));
        for (TurnOutcome end : List.of(
                new TurnOutcome.Interrupted(turn, "half"),
                new TurnOutcome.Parked(turn, "code", "why"),
                new TurnOutcome.Failed(turn, "code", "why"))) {
            assertThat(TurnEndForm.read(TurnEndForm.add(WireJson.object(), end)))
                    .contains(end);
        }
        assertThat(TurnEndForm.read(WireJson.object())).isEmpty();
    }
}
