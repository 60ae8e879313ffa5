package dev.meerkat.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ErrorsTest {
    private static final SessionId SESSION = new SessionId(new UUID(1, 2));
    private static final RequestId REQUEST = new RequestId(new UUID(3, 4));
    private static final PeerRef NOBODY = PeerRef.named("nobody");

    private static Stream<MeerkatException> refusals() {
        return Stream.of(
                new InvalidFieldException("body", "", "must not be blank"),
                new NotSupportedException("no"),
                new PeerNotFoundException(NOBODY, List.of()),
                new PeerAmbiguousException(NOBODY, List.of(peer("x"), peer("y"))),
                new SelfSendException(NOBODY),
                new CommsNameTakenException("default", "a", SESSION),
                new LaneFullException(SESSION, Lane.COMMS, "4 inputs", Duration.ofMillis(250)),
                new TooManySchedulesException(SESSION, 3),
                new SessionArchivedException(SESSION),
                new SessionNotFoundException("a"),
                new RequestNotFoundException(REQUEST, "is unknown"),
                new AlreadyAnsweredException(REQUEST),
                new MeerkatClosedException("closed"),
                new StoreException("cannot open x.db", null));
    }

    @Test
    void everyRefusalSaysThatNothingWasDoneAndHasACodeOfItsOwn() {
        assertThat(refusals())
                .allSatisfy(refusal -> {
                    assertThat(refusal).isInstanceOf(NotDoneException.class);
                    assertThat(refusal.code()).matches("[a-z]+(_[a-z]+)*");
                    assertThat(refusal.getMessage()).isNotBlank().doesNotContain("\n");
                })
                .extracting(MeerkatException::code)
                .doesNotHaveDuplicates();
    }

    @Test
    void theThreeKindsOfErrorsAreApart() {
        assertThat(MeerkatException.class.getPermittedSubclasses())
                .containsExactlyInAnyOrder(
                        NotDoneException.class, FailedException.class, UnknownOutcomeException.class);
    }

    @Test
    void anUnknownOutcomeCarriesTheIdToReconcileBy() {
        UUID id = new UUID(5, 6);

        UnknownOutcomeException unknown = new UnknownOutcomeException(id, "no acknowledgement", null);

        assertThat(unknown.id()).hasValue(id);
        assertThat(unknown.code()).isEqualTo("send_ambiguous");
        assertThat(unknown).hasMessageContaining(id.toString());
    }

    @Test
    void aFullLaneTellsWhichAndWhenToComeAgain() {
        LaneFullException full = new LaneFullException(SESSION, Lane.EXTERNAL, "8 inputs", Duration.ofMillis(250));

        assertThat(full.lane()).isEqualTo(Lane.EXTERNAL);
        assertThat(full.retryAfter()).isEqualTo(Duration.ofMillis(250));
        assertThat(full).hasMessageContainingAll(SESSION.toString(), "EXTERNAL", "8 inputs", "250 ms");
    }

    @Test
    void anUnknownPeerIsToldWithSomeOfThoseThereAre() {
        List<Peer> many =
                IntStream.range(0, 1_000).mapToObj(i -> peer("peer" + i)).toList();

        PeerNotFoundException refusal = new PeerNotFoundException(NOBODY, many);

        assertThat(refusal.candidates()).isEqualTo(many);
        assertThat(refusal).hasMessageContainingAll("nobody", "peer0", "and 990 more");
        assertThat(refusal.getMessage()).hasSizeLessThan(500);
    }

    @Test
    void anAmbiguousPeerIsToldWithTheIdsOfThoseThereAre() {
        Peer one = peer("same");
        Peer other = peer("same");

        PeerAmbiguousException refusal = new PeerAmbiguousException(PeerRef.named("same"), List.of(one, other));

        assertThat(refusal.candidates()).containsExactly(one, other);
        assertThat(refusal)
                .hasMessageContainingAll("same", one.id().toString(), other.id().toString());
    }

    @Test
    void aRefusedValueIsShownAsOneShortPrintableLine() {
        String nasty = "line\nbreak\u0000" + Refused.HALF_A_PAIR + "x".repeat(1_000_000);

        InvalidFieldException refusal = new InvalidFieldException("body", nasty, "is refused");

        assertThat(refusal.field()).isEqualTo("body");
        assertThat(refusal.value())
                .contains("line\\nbreak\\u{0}", "\\u{d83d}", nasty.length() + " characters")
                .hasSizeLessThan(200);
        assertThat(refusal.getMessage()).isEqualTo("body is refused: " + refusal.value());
    }

    @Test
    void aMessageIsOneLineWhateverOthersHaveWrittenIntoIt() {
        FailedException failure = new FailedException("agent_failed", "it said\n2026 INFO all is well\u001b[2J", null);

        assertThat(failure).hasMessage("it said\\n2026 INFO all is well\\u{1b}[2J");
    }

    private static Peer peer(String name) {
        return new Peer(
                new PeerId(UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                name,
                "inproc",
                "inproc:" + name,
                Set.of(),
                PeerMeta.NONE);
    }
}
