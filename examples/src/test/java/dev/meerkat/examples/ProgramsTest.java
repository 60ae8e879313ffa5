package dev.meerkat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The small programs print what their readers expect. */
@Timeout(60)
class ProgramsTest {
    /** A program of which only the output matters. */
    private interface Program {
        void run() throws InterruptedException;
    }

    @Test
    void helloMeerkatPrintsTheOutcomeOfItsTurn() throws InterruptedException {
        assertThat(printed(() -> HelloMeerkat.main(new String[0]))).contains("Completed", "seen 1 input");
    }

    @Test
    void askAPeerPrintsTheReply() throws InterruptedException {
        assertThat(printed(() -> AskAPeer.main(new String[0])))
                .contains("agent-b COMPLETED", "\"path\":\"/build\"", "\"free_gib\":12");
    }

    @Test
    void twoAgentsPrintsReceiptPeerAndOutcome() throws InterruptedException {
        assertThat(printed(() -> TwoAgents.main(new String[0]))).contains("HandedOff", "agent-b", "Accepted");
    }

    private static String printed(Program program) throws InterruptedException {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
