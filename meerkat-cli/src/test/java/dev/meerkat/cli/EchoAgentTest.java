package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.server.ClientTools;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the agent without a model says. */
class EchoAgentTest {
    private final Meerkat meerkat =
            MeerkatRuntime.of(EchoAgent.of("", ClientTools.create())).open();

    @AfterEach
    void close() {
        meerkat.close();
    }

    private static String answer(Turn turn) throws InterruptedException {
        return ((TurnOutcome.Completed)
                        turn.await(Duration.ofSeconds(Cmd.SECONDS)).orElseThrow())
                .text();
    }

    @Test
    void itSaysAllThatTheSessionHasSeenInOrder() throws Exception {
        Session session = meerkat.create(SessionSpec.ofPrompt("First.")
                .withSystemPrompt("Be brief.")
                .withKeepAliveAs("agent")
                .withDeferredStart());
        session.injectContext(ContextNote.of("The cluster is blue."));
        assertThat(answer(session.startTurn("Second."))).contains("Be brief.", "The cluster is blue.", "Second.");
        session.sendExternalEvent(ExternalEvent.genericJson("deploy", Json.parse("{\"n\":1}")));
        session.send(CommsCommand.Input.of("A note."));
        session.injectContext(ContextNote.of("The cluster is red."));

        assertThat(answer(session.startTurn("Third.")))
                .contains("system: Be brief.", "system: The cluster is blue.", "prompt: Second.", "prompt: Third.")
                .contains("deploy: {\"n\":1}", "A note.", "system: The cluster is red.")
                .containsSubsequence("Be brief.", "The cluster is blue.", "Second.", "The cluster is red.")
                .doesNotContain("Seen so far:\n- Seen");
        assertThat(answer(session.startTurn(new InputBody.Prompt("Fourth.", List.of(), List.of("In French.")))))
                .endsWith("- system: In French.\n- prompt: Fourth.");
    }
}
