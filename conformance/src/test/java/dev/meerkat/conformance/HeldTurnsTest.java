package dev.meerkat.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.client.CallbackTool;
import dev.meerkat.client.RemoteMeerkat;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Turns that a model or a callback tool holds. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.meerkat.conformance.Reached#rpc")
class HeldTurnsTest extends ServerTest {
    private static final Json SCHEMA = Json.parse("{\"type\":\"object\",\"properties\":{}}");

    private @Nullable FakeModel model;

    @Override
    ServerHome newHome() throws IOException {
        model = FakeModel.start();
        return ServerHome.of(model);
    }

    @AfterParameterizedClassInvocation
    void stopModel() {
        model().close();
    }

    private FakeModel model() {
        assertThat(model).isNotNull();
        return model;
    }

    private static CallbackTool clock(CallbackTool.Handler handler) {
        return new CallbackTool("clock", "Tells the time.", SCHEMA, handler);
    }

    @Test
    void aToolOfTheClientAnswersTheAgent() throws Exception {
        RemoteMeerkat client = client(clock(call -> "12:00"));
        Session session = idle(client, SessionSpec.ofPrompt("Say ok."));

        completed(session.startTurn("tool clock"));

        assertThat(transcript(session))
                .filteredOn(TranscriptEntry.Tool.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(TranscriptEntry.Tool.class, tool -> {
                    assertThat(tool.call().name()).isEqualTo("clock");
                    assertThat(tool.call().result().text()).contains("12:00");
                    assertThat(tool.call().failed()).isFalse();
                });
    }

    @Test
    void aToolThatFailsTellsTheAgentWhy() throws Exception {
        RemoteMeerkat client = client(clock(call -> {
            throw new IllegalStateException("the clock is broken");
        }));
        Session session = idle(client, SessionSpec.ofPrompt("Say ok."));

        completed(session.startTurn("tool clock"));

        assertThat(transcript(session).toString()).contains("the clock is broken");
    }

    @Test
    void aSteeredInputJoinsTheRunningTurnAndAQueuedOneWaits() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        RemoteMeerkat client = client(clock(call -> {
            called.countDown();
            assertThat(goOn.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return "12:00";
        }));
        Session session =
                idle(client, SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs(name()));
        try (EventStream events = session.eventsFromNow()) {
            Turn turn = session.startTurn("tool clock");
            assertThat(called.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            CommsCommand.Input steered = CommsCommand.Input.of("steered").withHandlingMode(HandlingMode.STEER);
            if (!reached().isLine09()) {
                // And a queued one would be answered only after the turn.
                assertThatExceptionOfType(NotSupportedException.class).isThrownBy(() -> session.send(steered));
                goOn.countDown();
                completed(turn);
                return;
            }

            session.send(steered);
            session.send(CommsCommand.Input.of("queued"));
            goOn.countDown();
            completed(turn);

            List<String> transcript = texts(answered(session, 4, events));
            // The prompt, the call, its result, the steered input and the answer are one turn.
            assertThat(transcript.get(6)).contains("steered");
            assertThat(transcript.get(8)).contains("queued");
        }
    }

    @Test
    void aRunningSessionSaysSoAndAnswersReads() throws Exception {
        Session session =
                idle(client(), SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs(name()));
        if (!reached().isLine09()) {
            // Until the turn ends, the old line answers no reads but those of the log.
            try (EventStream events = session.eventsFromNow()) {
                Turn turn = session.startTurn("hold");
                model().awaitHeld();
                next(events, SessionEvent.TurnStarted.class);
                model().release();
                completed(turn);
            }
            return;
        }
        Turn turn = session.startTurn("hold");
        model().awaitHeld();

        assertThat(session.snapshot().state()).isEqualTo(SessionSnapshot.State.RUNNING);
        assertThat(transcript(session)).hasSizeGreaterThanOrEqualTo(3);

        model().release();
        completed(turn);
    }

    @Test
    void anInterruptStopsTheRunningTurnAndTheSessionTakesAnother() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));
        Turn turn = session.startTurn("hold");
        model().awaitHeld();

        assertThat(session.interrupt()).isInstanceOf(InterruptOutcome.Stopping.class);

        assertThat(ended(turn)).isInstanceOf(TurnOutcome.Interrupted.class);
        model().release();
        assertThat(completed(session.startTurn("go on")).text()).isEqualTo("ok");
        // The server forgets the prompt of a turn that was interrupted in its first step.
        assertThat(transcript(session)).hasSize(5);
    }

    @Test
    void aStreamOutlivesAnInterruptThoughTheServerEndsIt() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));
        try (EventStream events = session.eventsFromNow()) {
            Turn turn = session.startTurn("hold");
            model().awaitHeld();
            session.interrupt();
            ended(turn);
            model().release();

            completed(session.startTurn("go on"));

            assertThat(next(events, SessionEvent.TurnCompleted.class).text()).isEqualTo("ok");
        }
    }

    @Test
    void aTurnIsTakenBack() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));
        Turn turn = session.startTurn("hold");
        model().awaitHeld();

        turn.cancel();

        assertThat(ended(turn)).isInstanceOf(TurnOutcome.Interrupted.class);
        model().release();
        assertThat(completed(session.startTurn("go on")).text()).isEqualTo("ok");
    }

    @Test
    void aModelThatFailsFailsTheTurnAndNotTheSession() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));

        assertThat(ended(session.startTurn("fail"))).isInstanceOf(TurnOutcome.Failed.class);
        assertThat(completed(session.startTurn("go on")).text()).isEqualTo("ok");
    }

    @Test
    void aKeepAliveSessionIsRefusedTurnsAfterAnInterrupt() throws Exception {
        // The server takes the session out of its memory, and then cannot keep it alive again.
        Session session =
                idle(client(), SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs(name()));
        Turn turn = session.startTurn("hold");
        model().awaitHeld();
        session.interrupt();
        assertThat(ended(turn)).isInstanceOf(TurnOutcome.Interrupted.class);
        model().release();

        assertThatExceptionOfType(NotDoneException.class).isThrownBy(() -> completed(session.startTurn("go on")));
        assertThat(transcript(session)).hasSize(3);
    }
}
