package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsCommand.Input;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.MeerkatHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What must be done in time: inputs, requests and turns, by virtual time and over restarts, on one kind of store. */
public abstract class DeadlinesContract {
    private static final int LANE = 20;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Json RESULT = Json.parse("{\"sum\":3}");
    private static final PeerRequest REQUEST =
            PeerRequest.to("b", "sum", Json.EMPTY_OBJECT).withTimeToLive(MINUTE);

    private volatile Agent agent = turn -> "ok";
    private MeerkatHarness harness;
    private Session a;
    /** Takes up what it gets in turns of its host only. */
    private Session b;

    /** For subclasses. */
    @SuppressWarnings("NullAway.Init") // set before each test
    protected DeadlinesContract() {}

    /**
     * Opens the same store again and again.
     *
     * @return opens it
     */
    protected abstract Supplier<? extends SessionStore> stores();

    /**
     * Opens a runtime with two idle sessions.
     *
     * @throws InterruptedException if interrupted
     */
    @BeforeEach
    public void open() throws InterruptedException {
        RuntimeLimits defaults = RuntimeLimits.defaults();
        harness = MeerkatHarness.create()
                .store(stores())
                .retry(RetryPolicy.inPlace(2, SECOND, SECOND))
                .limits(defaults.withLanes(LANE, defaults.externalInputs(), defaults.externalBytes()))
                .answeredBy(turn -> agent.answer(turn));
        a = harness.meerkat().create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        b = harness.meerkat().create(SessionSpec.ofPrompt("begin").withCommsName("b"));
        harness.settle();
    }

    /** Closes it. */
    @AfterEach
    public void close() {
        harness.close();
    }

    private void reopened() throws InterruptedException {
        a = harness.meerkat().open("a");
        b = harness.meerkat().open("b");
        harness.settle();
    }

    private static InputStatus.State state(Session session, InputId input) throws InterruptedException {
        return session.inputStatus(input).orElseThrow().state();
    }

    private static void assertOverdue(PeerReply reply) {
        assertThat(reply.status()).isEqualTo(ResponseStatus.OVERDUE);
        assertThat(reply.from().name()).isEqualTo("b");
        assertThat(reply.result().at("/code").orElseThrow().text()).isEqualTo("\"request_overdue\"");
    }

    // --- requests --------------------------------------------------------------------------------

    @Test
    public void theHandleOfARequestThatIsNotAnsweredInTimeSaysSoThenAndAfterARestart() throws InterruptedException {
        Reply reply = a.request(REQUEST);
        harness.advance(MINUTE.minusMillis(1));
        assertThat(reply.await(Duration.ZERO)).isEmpty();
        harness.advance(Duration.ofMillis(1));

        assertOverdue(reply.await(Duration.ZERO).orElseThrow());
        harness.advance(DAY);
        harness.restart();
        reopened();
        assertOverdue(a.reply(reply.requestId()).await(Duration.ZERO).orElseThrow());
        assertThat(Seen.log(a, SessionEvent.ReplyReceived.class))
                .singleElement()
                .satisfies(event -> assertOverdue(event.reply()));
        assertThatThrownBy(() -> b.send(PeerResponse.completed(PeerRef.named("a"), reply.requestId(), RESULT)))
                .isInstanceOf(AlreadyAnsweredException.class);
        assertThat(Seen.log(a, SessionEvent.ReplyReceived.class)).hasSize(1);
    }

    @Test
    public void theAgentOfARequesterIsToldOnceAlsoIfTheRuntimeWasNotOpenInTime() throws InterruptedException {
        RequestId request = a.send(REQUEST).requestId();
        harness.crash();
        reopened();
        harness.advance(MINUTE);
        harness.restart();
        reopened();
        harness.advance(DAY);

        assertThat(Seen.log(a, SessionEvent.InputAdmitted.class).stream()
                        .map(event -> event.input().body())
                        .filter(InputBody.PeerResponse.class::isInstance)
                        .map(body -> ((InputBody.PeerResponse) body).command()))
                .singleElement()
                .satisfies(response -> {
                    assertThat(response.inReplyTo()).isEqualTo(request);
                    assertThat(response.status()).isEqualTo(ResponseStatus.OVERDUE);
                });
        assertThat(Seen.inputs(a)).contains("OVERDUE");
    }

    @Test
    public void anAnswerInTimeIsTheOnlyOne() throws InterruptedException {
        Reply reply = a.request(REQUEST);
        harness.advance(MINUTE.minusMillis(1));
        b.send(PeerResponse.completed(PeerRef.named("a"), reply.requestId(), RESULT));
        harness.advance(DAY);

        assertThat(reply.await(Duration.ZERO).orElseThrow().status()).isEqualTo(ResponseStatus.COMPLETED);
        assertThat(Seen.log(a, SessionEvent.ReplyReceived.class)).hasSize(1);
    }

    @Test
    public void progressDoesNotHoldTheDeadlineUp() throws InterruptedException {
        Reply reply = a.request(REQUEST);
        b.send(PeerResponse.accepted(PeerRef.named("a"), reply.requestId()));
        harness.advance(MINUTE);

        assertOverdue(reply.await(Duration.ZERO).orElseThrow());
    }

    @Test
    public void aRequestThatNoTurnHasTakenUpInTimeIsTakenUpByNone() throws InterruptedException {
        RequestId request = a.request(REQUEST).requestId();
        harness.advance(MINUTE);
        b.startTurn("go");
        harness.settle();

        assertThat(Seen.log(b, SessionEvent.InputExpired.class))
                .singleElement()
                .satisfies(event -> assertThat(event.inputs()).containsExactly(new InputId(request.value())));
        assertThat(Seen.inputs(b)).doesNotContain("sum").contains("go");
    }

    @Test
    public void aResponderSeesThatItIsLateAndItsAnswerCountsNowhere() throws InterruptedException {
        List<Boolean> late = new ArrayList<>();
        agent = turn -> {
            if (Seen.texts(turn.inputs()).contains("sum")) {
                late.add(turn.isLate(turn.inputs().get(0)));
                harness.time().sleep(MINUTE.multipliedBy(2));
                late.add(turn.isLate(turn.inputs().get(0)));
                turn.comms().respond(turn.inputs().get(0), RESULT);
            }
            return "ok";
        };
        Reply reply = a.request(REQUEST);
        harness.advance(SECOND);
        b.startTurn("go");
        harness.advance(Duration.ofMinutes(5));

        assertThat(late).containsExactly(false, true);
        assertOverdue(reply.await(Duration.ZERO).orElseThrow());
        assertThat(Seen.log(a, SessionEvent.ReplyReceived.class)).hasSize(1);
        // The turn does not fail for it, and the log tells what became of the answer.
        assertThat(state(b, new InputId(reply.requestId().value()))).isEqualTo(InputStatus.State.CONSUMED);
        assertThat(Seen.log(b, SessionEvent.PeerSendFailed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.code()).isEqualTo(AlreadyAnsweredException.CODE));
        assertThat(Seen.log(b, SessionEvent.TurnFailed.class)).isEmpty();
    }

    @Test
    public void aTurnThatWaitsForAReplyGetsThatItIsOverdue() throws InterruptedException {
        List<ResponseStatus> got = new ArrayList<>();
        agent = turn -> {
            if (Seen.texts(turn.inputs()).contains("ask")) {
                Optional<PeerReply> reply = turn.comms().request(REQUEST).await(DAY);
                reply.ifPresent(it -> got.add(it.status()));
            }
            return "ok";
        };
        a.send(Input.of("ask"));
        harness.advance(Duration.ofMinutes(2));

        assertThat(got).containsExactly(ResponseStatus.OVERDUE);
    }

    @Test
    public void aTurnThatWaitsForAReplyIsToldThatItsRequestWasGivenUpAtAFullLane() throws InterruptedException {
        List<String> told = new ArrayList<>();
        List<RequestId> sent = new ArrayList<>();
        agent = turn -> {
            if (Seen.texts(turn.inputs()).contains("ask")) {
                Reply reply = turn.comms().request(REQUEST);
                sent.add(reply.requestId());
                for (int i = 0; i < LANE; i++) {
                    b.send(Input.of("fills the lane"));
                }
                for (int i = 0; i < 2; i++) {
                    try {
                        Optional<PeerReply> unused = reply.await(DAY);
                        told.add("nothing");
                    } catch (NotDoneException e) {
                        told.add(e.code());
                    }
                }
            }
            return "ok";
        };
        a.send(Input.of("ask"));
        harness.advance(Duration.ofMinutes(2));

        assertThat(told).containsExactly("input_expired", "input_expired");
        assertThat(Seen.log(a, SessionEvent.PeerSendFailed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.code()).isEqualTo("input_expired"));
        assertThatThrownBy(() -> a.reply(sent.get(0))).isInstanceOf(RequestNotFoundException.class);
        assertThat(Seen.inputs(b)).doesNotContain("sum");
    }

    @Test
    public void requestersAreToldInTheOrderOfTheirDeadlines() throws InterruptedException {
        Reply third = a.request(REQUEST.withTimeToLive(MINUTE.multipliedBy(3)));
        Reply first = a.request(REQUEST.withTimeToLive(MINUTE));
        Reply second = a.request(REQUEST.withTimeToLive(MINUTE.multipliedBy(2)));
        harness.advance(MINUTE.multipliedBy(4));

        assertThat(Seen.log(a, SessionEvent.ReplyReceived.class).stream()
                        .map(event -> event.reply().requestId()))
                .containsExactly(first.requestId(), second.requestId(), third.requestId());
    }

    @Test
    public void nobodyIsToldInTheNameOfAnArchivedRequesterAndAnArchivedResponderIsOverdue()
            throws InterruptedException {
        Session c = harness.meerkat().create(SessionSpec.ofPrompt("begin").withKeepAliveAs("c"));
        harness.settle();
        Reply ended = c.request(REQUEST);
        Reply reply = a.request(REQUEST);
        c.archive();
        b.archive();
        harness.meerkat().delete(b.id());
        harness.advance(DAY);

        assertThat(reply.await(Duration.ZERO).orElseThrow().status()).isEqualTo(ResponseStatus.OVERDUE);
        assertThat(Seen.log(c, SessionEvent.ReplyReceived.class)).isEmpty();
        assertThat(ended.requestId()).isNotEqualTo(reply.requestId());
    }

    @Test
    public void onlyTheRuntimeSaysThatARequestIsOverdue() throws InterruptedException {
        Reply reply = a.request(REQUEST);
        PeerResponse response = new PeerResponse(
                PeerRef.named("a"),
                reply.requestId(),
                ResponseStatus.OVERDUE,
                RESULT,
                List.of(),
                ContentTaint.UNDECLARED,
                Optional.empty());

        assertThatThrownBy(() -> b.send(response))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("status"));
        assertThat(reply.await(Duration.ZERO)).isEmpty();
    }

    // --- inputs ----------------------------------------------------------------------------------

    @Test
    public void anInputOfEachKindThatNoTurnTakesUpInTimeExpiresVisiblyAndNoOtherDoes() throws InterruptedException {
        InputId fresh = b.send(Input.of("fresh").withTimeToLive(DAY)).inputId();
        InputId old = b.send(Input.of("old").withTimeToLive(MINUTE)).inputId();
        InputId message = new InputId(a.send(PeerMessage.to("b", "message").withTimeToLive(MINUTE))
                .envelopeId()
                .value());
        InputId steered = b.send(
                        Input.of("steered").withHandlingMode(HandlingMode.STEER).withTimeToLive(MINUTE))
                .inputId();
        InputId last = b.send(Input.of("last")).inputId();
        harness.advance(MINUTE);
        harness.restart();
        reopened();
        assertThat(state(b, old)).isEqualTo(InputStatus.State.QUEUED);
        b.startTurn("go");
        harness.settle();
        b.startTurn("go on");
        harness.settle();

        assertThat(List.of(state(b, old), state(b, message), state(b, steered)))
                .containsOnly(InputStatus.State.EXPIRED);
        assertThat(List.of(state(b, fresh), state(b, last))).containsOnly(InputStatus.State.CONSUMED);
        assertThat(Seen.inputs(b))
                .containsSubsequence("fresh", "last", "go")
                .doesNotContain("old", "message", "steered");
        assertThat(Seen.log(b, SessionEvent.InputExpired.class).stream().flatMap(event -> event.inputs().stream()))
                .containsExactlyInAnyOrder(old, message, steered);
        assertThat(b.snapshot().waitingComms()).hasValue(0);
        assertThat(b.deadLetters(0, 10).deadLetters()).isEmpty();
    }

    @Test
    public void whatATurnHasTakenUpDoesNotExpireAlsoIfItIsHandledAloneAfterAFailure() throws InterruptedException {
        agent = turn -> {
            if (turn.inputs().size() > 1) {
                harness.time().sleep(Duration.ofMinutes(2));
                throw new IllegalStateException("fails together");
            }
            return "ok";
        };
        InputId one = b.send(Input.of("one").withTimeToLive(MINUTE)).inputId();
        InputId two = b.send(Input.of("two").withTimeToLive(MINUTE)).inputId();
        b.startTurn("go");
        harness.advance(Duration.ofMinutes(10));

        assertThat(List.of(state(b, one), state(b, two))).containsOnly(InputStatus.State.CONSUMED);
        assertThat(Seen.log(b, SessionEvent.InputExpired.class)).isEmpty();
    }

    @Test
    public void aSteeredInputThatHasExpiredDoesNotEnterTheRunningTurn() throws InterruptedException {
        List<String> entered = new ArrayList<>();
        agent = turn -> {
            if (Seen.texts(turn.inputs()).contains("go")) {
                harness.time().sleep(Duration.ofMinutes(2));
                entered.addAll(Seen.texts(turn.safePoint()));
            }
            return "ok";
        };
        a.startTurn("go");
        harness.advance(SECOND);
        InputId steered = a.send(
                        Input.of("steered").withHandlingMode(HandlingMode.STEER).withTimeToLive(MINUTE))
                .inputId();
        harness.advance(Duration.ofMinutes(5));

        assertThat(entered).isEmpty();
        assertThat(state(a, steered)).isEqualTo(InputStatus.State.EXPIRED);
    }

    @Test
    public void aTimeToLiveThatIsNoneIsRefusedWithItsName() {
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(4_000))) {
            assertThatThrownBy(() -> Input.of("x").withTimeToLive(wrong))
                    .isInstanceOfSatisfying(InvalidFieldException.class, e -> {
                        assertThat(e.field()).isEqualTo("time_to_live");
                        assertThat(e.value()).contains(wrong.toString());
                    });
        }
    }

    // --- turns -----------------------------------------------------------------------------------

    @Test
    public void anAttemptThatLastsLongerThanItsSessionAllowsFailsAndIsTriedAgain() throws InterruptedException {
        AtomicInteger attempts = new AtomicInteger();
        agent = turn -> {
            if (Seen.texts(turn.inputs()).contains("long") && attempts.incrementAndGet() == 1) {
                harness.time().sleep(Duration.ofHours(1));
            }
            return "ok";
        };
        Session c = harness.meerkat()
                .create(SessionSpec.ofPrompt("begin").withKeepAliveAs("c").withTurnLength(MINUTE));
        harness.settle();
        InputId input = c.send(Input.of("long")).inputId();
        harness.advance(MINUTE.minusMillis(1));
        assertThat(state(c, input)).isEqualTo(InputStatus.State.STAGED);
        harness.advance(Duration.ofMinutes(2));

        assertThat(state(c, input)).isEqualTo(InputStatus.State.CONSUMED);
        assertThat(attempts).hasValue(2);
        assertThat(Seen.log(c, SessionEvent.TurnFailed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.code()).isEqualTo("turn_overdue"));
    }

    @Test
    public void theBoundOfASessionIsKeptOverARestartAndItsCallerIsTold() throws InterruptedException {
        agent = turn -> {
            if (Seen.texts(turn.inputs()).contains("long")) {
                harness.time().sleep(Duration.ofHours(1));
            }
            return "ok";
        };
        harness.meerkat()
                .create(SessionSpec.ofPrompt("begin").withCommsName("c").withTurnLength(MINUTE));
        harness.settle();
        harness.restart();
        reopened();
        Session c = harness.meerkat().open("c");
        Turn turn = c.startTurn("long");
        harness.advance(Duration.ofMinutes(5));

        assertThat(turn.await(Duration.ZERO))
                .get()
                .isInstanceOfSatisfying(
                        TurnOutcome.Failed.class,
                        failed -> assertThat(failed.code()).isEqualTo("turn_overdue"));
    }
}
