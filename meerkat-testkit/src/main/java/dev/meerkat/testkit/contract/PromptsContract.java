package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.testkit.Gate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Prompts carry more than text, can be taken back, and tell which turn they started. */
public abstract class PromptsContract extends ContractChapter {
    private static final List<ContentBlock> BLOCKS = List.of(new ContentBlock.Image("image/png", "iVBORw0KGgo="));

    /** For subclasses. */
    protected PromptsContract() {}

    @Test
    public void theBlocksOfAPromptAreInTheTranscript() throws Exception {
        Session session = idle(SessionSpec.prompt("first look").blocks(BLOCKS));

        completed(session.startTurn(new InputBody.Prompt("second look", BLOCKS)));

        if (told(Detail.IMAGES_SHOWN)) {
            assertThat(prompts(session))
                    .containsExactly(
                            new InputBody.Prompt("first look", BLOCKS), new InputBody.Prompt("second look", BLOCKS));
        } else {
            assertThat(prompts(session))
                    .allSatisfy(prompt ->
                            assertThat(((InputBody.Prompt) prompt).blocks()).hasSize(1))
                    .extracting(prompt -> ((InputBody.Prompt) prompt).text())
                    .containsExactly("first look", "second look");
        }
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theAgentGetsTheBlocksOfAPrompt() throws Exception {
        Session session = idle("a");
        Queue<InputBody> got = new ConcurrentLinkedQueue<>();
        fixture().agent(turn -> {
            turn.inputs().forEach(input -> got.add(input.body()));
            return "ok";
        });

        completed(session.startTurn(new InputBody.Prompt("look", BLOCKS)));

        assertThat(got).containsExactly(new InputBody.Prompt("look", BLOCKS));
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aRunningPromptThatIsTakenBackEndsInterruptedAndTheNextTurnIsNotHit() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            if (Seen.texts(turn.inputs()).contains("work")) {
                turn.emit("so far");
                gate.pass();
            }
            return turn.interrupted() ? "hit" : "ok";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);
        Turn next = session.startTurn("next");

        turn.cancel();

        assertThat(ended(turn))
                .isInstanceOfSatisfying(
                        TurnOutcome.Interrupted.class,
                        end -> assertThat(end.text()).isEqualTo(told(Detail.PARTIAL_ANSWERS) ? "so far" : ""));
        assertThat(completed(next).text()).isEqualTo("ok");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.PROMPT_IDS})
    public void aWaitingPromptThatIsTakenBackNeverReachesTheAgentAndTakesNothingWithIt() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        Turn before = session.startTurn("before");
        Turn taken = session.startTurn("taken back");
        session.send(CommsCommand.Input.of("input"));
        Turn after = session.startTurn("after");

        taken.cancel();
        taken.cancel();
        gate.open();

        TurnOutcome.Interrupted end = (TurnOutcome.Interrupted) ended(taken);
        assertThat(end.text()).isEmpty();
        assertThat(completed(before).text()).isEqualTo("before");
        assertThat(completed(after).text()).contains("after").doesNotContain("taken back");
        assertThat(Seen.turns(session)).contains(List.of("taken back"));
        assertThat(session.inputStatus(taken.inputId()).map(InputStatus::state)).contains(InputStatus.State.CONSUMED);
    }

    @Test
    public void takingAPromptBackAfterItsTurnDoesNothing() throws Exception {
        Session session = idle("a");
        echo();
        Turn turn = session.startTurn("work");
        TurnOutcome outcome = completed(turn);

        turn.cancel();

        assertThat(ended(turn)).isEqualTo(outcome);
        assertThat(completed(session.startTurn("next")).text()).isEqualTo(echoed("next"));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.CLOCK})
    public void aPromptThatWaitsForItsNextAttemptIsTakenBack() throws Exception {
        Session session = idle("a");
        Queue<String> calls = new ConcurrentLinkedQueue<>();
        fixture().agent(turn -> {
            calls.add("call");
            throw new IllegalStateException("fails");
        });
        Turn turn = session.startTurn("work");
        watch(session).await(dev.meerkat.api.SessionEvent.TurnFailed.class);

        turn.cancel();
        fixture().advance(MeerkatFixture.RETRY_DELAY.multipliedBy(2));

        assertThat(ended(turn)).isInstanceOf(TurnOutcome.Interrupted.class);
        assertThat(calls).hasSize(1);
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.PROMPT_IDS})
    public void aSnapshotTellsWhichTurnRuns() throws Exception {
        Session session = idle("a");
        assertThat(session.snapshot().runningTurn()).isEmpty();
        Gate gate = gate();
        fixture().agent(turn -> {
            gate.pass();
            return turn.session().runningTurn().map(TurnId::toString).orElse("none");
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        TurnId running = session.snapshot().runningTurn().orElseThrow();
        gate.open();

        assertThat(completed(turn)).isEqualTo(new TurnOutcome.Completed(running, running.toString()));
        assertThat(session.snapshot().runningTurn()).isEmpty();
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.PROMPT_IDS})
    public void anInterruptByIdStopsThatTurnOnly() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            gate.pass();
            return "ok";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);
        TurnId running = session.snapshot().runningTurn().orElseThrow();

        assertThat(session.interrupt(new TurnId(new UUID(1, 2)))).isEqualTo(new InterruptOutcome.Idle());
        assertThat(turn.await(Duration.ZERO)).isEmpty();
        assertThat(session.interrupt(running)).isEqualTo(new InterruptOutcome.Stopped(running));

        assertThat(ended(turn)).isEqualTo(new TurnOutcome.Interrupted(running, ""));
        gate.open();
        assertThat(completed(session.startTurn("next")).text()).isEqualTo("ok");
        assertThat(session.interrupt(running)).isEqualTo(new InterruptOutcome.Idle());
    }

    private List<InputBody> prompts(Session session) throws InterruptedException {
        return said(session).stream()
                .filter(TranscriptEntry.Input.class::isInstance)
                .map(entry -> ((TranscriptEntry.Input) entry).input().body())
                .toList();
    }
}
