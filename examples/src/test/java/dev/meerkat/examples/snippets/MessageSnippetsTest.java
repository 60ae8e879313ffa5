package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.*;
import dev.meerkat.api.CommsCommand.Input;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MessageSnippetsTest {
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final Agent agent = turn -> {
        turn.inputs().forEach(input -> {
            if (input.body() instanceof InputBody.PeerMessage message) {
                seen.add(turn.session().commsName().orElseThrow() + " has "
                        + message.command().body());
            } else if (input.body() instanceof InputBody.Local local) {
                seen.add("local " + local.command().body());
            }
        });
        return "ok";
    };

    private Meerkat meerkat = MeerkatRuntime.of(agent).open();
    private Session a;
    private Session b;

    @BeforeEach
    void twoSessions() throws InterruptedException {
        a = meerkat.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
        b = meerkat.create(SessionSpec.ofPrompt("You are a builder.").withKeepAliveAs("agent-b"));
    }

    @AfterEach
    void close() {
        meerkat.close();
    }

    @Test
    void aPeerIsAddressedByNameOrById() throws InterruptedException {
        // snippet: send
        Receipt.PeerMessageSent receipt = a.send(PeerMessage.to("agent-b", "Build failed in CI."));

        Peer builder = a.peers().get(0);
        a.send(PeerMessage.to(PeerRef.id(builder.id()), "It was run 1742."));
        // end
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("agent-b has Build failed in CI.");
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("agent-b has It was run 1742.");
        assertThat(receipt.delivery()).isInstanceOf(Delivery.HandedOff.class);
    }

    @Test
    void aReceiptTellsHowFarTheMessageGot() throws InterruptedException {
        Receipt.PeerMessageSent receipt = a.send(PeerMessage.to("agent-b", "Build failed in CI."));
        // snippet: status
        InputId input = new InputId(receipt.envelopeId().value());
        Optional<InputStatus> status = b.inputStatus(input); // QUEUED, STAGED, CONSUMED or DEAD_LETTERED
        // end
        assertThat(status).isPresent();
    }

    @Test
    void localInputWakesTheSessionItself() throws InterruptedException {
        // snippet: input
        Receipt.InputAccepted receipt = a.send(Input.of("Status, please.").withSource("console"));
        // end
        assertThat(receipt.inputId()).isNotNull();
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("local Status, please.");
    }

    @Test
    void aSteeredMessageEntersTheRunningTurn() throws InterruptedException {
        // snippet: steer
        a.send(PeerMessage.to("agent-b", "Stop: it is the other branch.")
                .withHandlingMode(HandlingMode.STEER)
                .withContentTaint(ContentTaint.CLEAN));
        // end
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("agent-b has Stop: it is the other branch.");
    }

    // snippet: safe-point
    /** Works in rounds; steering inputs enter between two rounds. */
    static String workInRounds(TurnContext turn) throws InterruptedException {
        StringBuilder answer = new StringBuilder();
        for (int round = 1; round <= 3; round++) {
            answer.append("round ").append(round).append(' ');
            List<AdmittedInput> steered = turn.safePoint(); // commits this step
            answer.append(steered.isEmpty() ? "" : "(steered) ");
        }
        return answer.toString();
    }
    // end

    @Test
    void anAgentMayWorkInRounds() throws InterruptedException {
        try (Meerkat other =
                MeerkatRuntime.of(MessageSnippetsTest::workInRounds).open()) {
            Turn turn = other.create(SessionSpec.ofPrompt("Go.")).initialTurn().orElseThrow();
            assertThat(turn.await(java.time.Duration.ofSeconds(30)).orElseThrow())
                    .isInstanceOfSatisfying(
                            TurnOutcome.Completed.class,
                            done -> assertThat(done.text()).startsWith("round 1 round 2 round 3"));
        }
    }

    @Test
    void anUnknownNameIsRefusedWithTheCandidates() {
        // snippet: errors
        try {
            a.send(PeerMessage.to("agent-c", "Hello."));
        } catch (PeerNotFoundException refused) {
            System.out.println(refused.code() + ", did you mean " + refused.candidates());
        } catch (NotDoneException refused) {
            System.out.println("nothing was done: " + refused.getMessage());
        } catch (FailedException failed) {
            System.out.println("it was begun and failed: " + failed.getMessage());
        } catch (UnknownOutcomeException unknown) {
            System.out.println("look before sending again: inputStatus(" + unknown.id() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // end
        assertThatThrownBy(() -> a.send(PeerMessage.to("agent-c", "Hello.")))
                .isInstanceOfSatisfying(
                        PeerNotFoundException.class,
                        e -> assertThat(e.candidates()).extracting(Peer::name).containsExactly("agent-b"));
    }
}
