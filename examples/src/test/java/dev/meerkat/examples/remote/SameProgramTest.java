package dev.meerkat.examples.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SameProgramTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void runsInThisProcess() {
        assertThat(run()).isZero();

        assertThat(printed(out).lines().skip(1)).containsExactly("""
                  cannot: promise that what is acknowledged survives a crash
                == agent-a is there
                  answers: I have seen a prompt.
                == agent-b is there
                  answers: I have seen a prompt.
                == an input for agent-a
                  accepted, HandedOff
                  live: gets an input: Status, please.
                  live: wakes
                  live: answers: I have seen the input "Status, please.".
                == agent-a has the peers [agent-b]
                  sent, HandedOff
                == an external event for agent-a
                  accepted
                  a duplicate, nothing is done
                  live: gets an external event: deploy_complete
                  live: wakes
                  live: answers: I have seen the event deploy_complete.
                == the history of agent-a
                  gets a prompt: You are a coordinator.
                  answers: I have seen a prompt.
                  gets an input: Status, please.
                  answers: I have seen the input "Status, please.".
                  gets an external event: deploy_complete
                  answers: I have seen the event deploy_complete.
                == its log has 17 events, up to #17
                == both sessions are archived
                """.split("\n"));
    }

    @Test
    void runsOnAServerAndSaysWhatThatCannotDo() throws IOException {
        try (StandIn server = StandIn.start()) {
            assertThat(run("tcp", "127.0.0.1:" + server.port())).isZero();
        }

        assertThat(printed(out))
                .contains("""
                == on stand-in 0.9.8
                  cannot: make sessions peers without further set-up
                """)
                .contains("""
                  cannot: wake a session by an external event
                """)
                .contains("""
                == agent-a has the peers []
                  so it cannot write to agent-b here
                == an external event for agent-a
                  accepted
                  a duplicate, nothing is done
                  it waits for the next turn, which is this one
                  answers: ok
                """)
                .contains("""
                  gets an external event: deploy_complete
                  gets a prompt: What has happened?
                """)
                .endsWith("""
                == both sessions are archived
                """);
    }

    @Test
    void saysThatThereIsNoServer(@TempDir Path directory) {
        assertThat(run("stdio", directory.resolve("missing").toString())).isEqualTo(1);

        assertThat(printed(err)).startsWith("failed: server_unreachable: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "rest", "tcp 127.0.0.1", "tcp 127.0.0.1:port", "mail me"})
    void refusesArgumentsThatNameNoPlace(String arguments) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);

        assertThat(printed(out)).isEmpty();
        assertThat(printed(err)).contains("Arguments:");
    }

    private int run(String... args) {
        return SameProgram.run(List.of(args), print(out), print(err));
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String printed(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
