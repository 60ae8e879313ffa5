package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.testkit.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Local input and prompts: admitted with a receipt, seen by the agent as sent, and followed by id. */
public abstract class CommsInputContract extends ContractChapter {
    /** For subclasses. */
    protected CommsInputContract() {}

    @Test
    @Needs(Detail.INPUT_EVENTS)
    public void theReceiptNamesTheInputThatTheLogHas() throws Exception {
        Session session = idle("a");
        CommsCommand.Input command = CommsCommand.Input.of("work");

        Receipt.InputAccepted receipt = session.send(command);

        SessionEvent.InputAdmitted admitted = watch(session).admitted("work");
        assertThat(admitted.input().id()).isEqualTo(receipt.inputId());
        assertThat(admitted.input().body()).isEqualTo(new InputBody.Local(command));
        assertThat(admitted.input().position()).isEqualTo(admitted.cursor());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void textBlocksAndSourceReachTheAgentAsSent() throws Exception {
        Session session = idle("a");
        var got = new LinkedBlockingQueue<InputBody>();
        fixture().agent(turn -> {
            turn.inputs().forEach(input -> got.add(input.body()));
            return "ok";
        });
        List<ContentBlock> blocks = new ArrayList<>(
                List.of(new ContentBlock.Text("more"), new ContentBlock.Image("image/png", "iVBORw0KGgo=")));
        if (told(Detail.ANY_BLOCKS)) {
            blocks.add(new ContentBlock.Unrecognized("video", Json.parse("{\"type\":\"video\",\"n\":1.50}")));
        }
        CommsCommand.Input command = CommsCommand.Input.of("Grüße, 世界 \uD83D\uDC3F\n\ttabbed \u0000 end")
                .withSource("stdin")
                .withBlocks(blocks);

        session.send(command);

        assertThat(got.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo(new InputBody.Local(command));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.INPUT_STATUS})
    public void anInputIsQueuedThenStagedThenConsumed() throws Exception {
        Session session = idle(SessionSpec.ofPrompt("start").withCommsName("a"));
        Gate gate = gate();
        fixture().agent(turn -> {
            gate.pass();
            return "ok";
        });
        InputId input = session.send(CommsCommand.Input.of("work")).inputId();
        assertThat(state(session, input)).contains(InputStatus.State.QUEUED);

        Turn turn = session.startTurn("go");
        gate.awaitReached(PATIENCE);
        assertThat(state(session, input)).contains(InputStatus.State.STAGED);
        gate.open();
        completed(turn);

        assertThat(state(session, input)).contains(InputStatus.State.CONSUMED);
        if (told(Detail.PROMPT_IDS)) {
            assertThat(state(session, turn.inputId().orElseThrow())).contains(InputStatus.State.CONSUMED);
        }
    }

    @Test
    @Needs(Detail.INPUT_EVENTS)
    public void theStatusOfAnInputNamesItsPlaceInTheLog() throws Exception {
        Session session = idle("a");
        InputId input = session.send(CommsCommand.Input.of("work")).inputId();

        InputStatus status = session.inputStatus(input).orElseThrow();

        assertThat(status.id()).isEqualTo(input);
        assertThat(status.position()).contains(watch(session).admitted("work").cursor());
    }

    @Test
    @Needs(Detail.INPUT_STATUS)
    public void anInputThatWasNeverAdmittedHasNoStatus() throws Exception {
        Session session = idle("a");
        InputId ofAnother = idle("b").send(CommsCommand.Input.of("work")).inputId();

        assertThat(session.inputStatus(new InputId(new UUID(1, 2)))).isEmpty();
        assertThat(session.inputStatus(ofAnother)).isEmpty();
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theLogTellsOfAdmissionStagingConsumptionAndAnswerInThisOrder() throws Exception {
        Session session = idle("a");
        fixture().agent(Seen.ECHO);
        Watch watch = watch(session);
        InputId input = session.send(CommsCommand.Input.of("work")).inputId();

        SessionEvent.TurnCompleted answer = watch.completed(input);
        SessionEvent.InputAdmitted admitted = watch.admitted("work");
        SessionEvent.TurnStarted started = watch.await(
                SessionEvent.TurnStarted.class, event -> event.turnId().equals(answer.turnId()));
        SessionEvent.InputStaged staged = watch.await(
                SessionEvent.InputStaged.class, event -> event.inputs().contains(input));
        SessionEvent.InputConsumed consumed = watch.consumed(input);

        assertThat(List.of(admitted.cursor(), staged.cursor(), consumed.cursor(), answer.cursor()))
                .isSorted();
        assertThat(List.of(admitted.cursor(), started.cursor(), consumed.cursor()))
                .isSorted();
        assertThat(started.attempt()).isEqualTo(1);
        assertThat(staged.turnId()).isEqualTo(answer.turnId());
        assertThat(consumed.turnId()).isEqualTo(answer.turnId());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aSessionWithoutANameTakesInputForItsNextTurn() throws Exception {
        Session session = idle(SessionSpec.ofPrompt("start"));
        fixture().agent(Seen.ECHO);

        session.send(CommsCommand.Input.of("work"));

        assertThat(completed(session.startTurn("go")).text()).isEqualTo("work go");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aPromptDuringATurnStartsOneAfterIt() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);

        Turn next = session.startTurn("next");
        assertThat(next.await(Duration.ZERO)).isEmpty();
        gate.open();

        assertThat(completed(next).text()).isEqualTo("next");
        if (told(Detail.TURN_IDS)) {
            assertThat(Seen.turns(session)).containsExactly(List.of("hold"), List.of("next"));
        }
    }

    @Test
    public void theCompletionOfATurnTellsTheSameAsWaitingForIt() throws Exception {
        Session session = idle("a");
        echo();

        Turn turn = session.startTurn("work");
        TurnOutcome completion =
                turn.completion().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);

        assertThat(completion).isEqualTo(completed(turn)).isEqualTo(completed(turn));
        assertThat(completed(turn).text()).isEqualTo(echoed("work"));
        if (told(Detail.PROMPT_IDS)) {
            assertThat(completed(turn).turnId())
                    .contains(watch(session)
                            .consumed(turn.inputId().orElseThrow())
                            .turnId());
        }
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void whoeverCompletesACopyOfTheCompletionChangesNothing() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        Turn turn = session.startTurn("work");

        turn.completion().toCompletableFuture().cancel(true);
        gate.open();

        assertThat(completed(turn).text()).isEqualTo("work");
        assertThat(turn.completion().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .isEqualTo(completed(turn));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.DEFERRED})
    public void theNewestAnswerIsInTheSnapshot() throws Exception {
        Session session = meerkat()
                .create(SessionSpec.ofPrompt("prompt").withKeepAliveAs("a").withDeferredStart());
        assertThat(session.snapshot().lastAnswer()).isEmpty();
        fixture().agent(Seen.ECHO);

        handled(session, "work");

        assertThat(session.snapshot().lastAnswer()).contains("prompt work");
    }

    private static Optional<InputStatus.State> state(Session session, InputId input) throws InterruptedException {
        return session.inputStatus(input).map(InputStatus::state);
    }
}
