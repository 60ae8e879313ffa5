package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CommandLineTest {
    @TestFactory
    Stream<DynamicTest> eachCommandHasHelp() {
        return Stream.of(
                        "run",
                        "serve",
                        "rpc",
                        "mcp",
                        "sessions",
                        "send",
                        "peers",
                        "event",
                        "history",
                        "tail",
                        "doctor",
                        "generate-completion")
                .map(command -> DynamicTest.dynamicTest(
                        command,
                        () -> assertThat(Cmd.run(command, "--help").ok().out()).contains("Usage: meerkat " + command)));
    }

    @Test
    void helpListsAllCommandsAndTheExitCodes() {
        assertThat(Cmd.run("--help").ok().out())
                .contains(
                        "run",
                        "serve",
                        "rpc",
                        "mcp",
                        "doctor",
                        "generate-completion",
                        "Exit codes:",
                        "no such session");
        assertThat(Cmd.run("help", "send").ok().out()).contains("Usage: meerkat send");
    }

    @Test
    void theVersionIsTold() {
        assertThat(Cmd.run("--version").ok().out())
                .startsWith("meerkat 0.")
                .contains("Java " + Runtime.version().feature());
        assertThat(Cmd.run("rpc", "--version").ok().out()).startsWith("meerkat 0.");
    }

    @Test
    void theCompletionScriptKnowsCommandsAndOptions() {
        assertThat(Cmd.run("generate-completion").ok().out()).contains("complete -F", "doctor", "--comms-name");
    }

    @Test
    void wrongArgumentsAreNamed() {
        Cmd.run().failsWith(ExitCode.INVALID, "a command is missing");
        Cmd.run("fly").failsWith(ExitCode.INVALID, "fly");
        Cmd.run("serve", "--rest", "8080").failsWith(ExitCode.INVALID, "--rest", "8080", "HOST:PORT");
        Cmd.run("serve", "--rest", "127.0.0.1:65536").failsWith(ExitCode.INVALID, "65536");
        Cmd.run("serve").failsWith(ExitCode.INVALID, "--rest");
        Cmd.run("rpc", "--contract", "0.7").failsWith(ExitCode.INVALID, "0.7");
        Cmd.run("rpc", "--realm", "a", "--isolated").failsWith(ExitCode.INVALID, "--isolated");
        Cmd.run("rpc", "--realm-backend", "paper").failsWith(ExitCode.INVALID, "paper");
        Cmd.run("sessions", "--server", "ftp://host").failsWith(ExitCode.INVALID, "ftp://host");
    }

    @Test
    void addressesMayBeOfEitherFamily() {
        assertThat(HostPort.parse("x", "[::1]:80")).isEqualTo(new HostPort("::1", 80));
        assertThat(new HostPort("::1", 80).text()).isEqualTo("[::1]:80");
        assertThat(HostPort.parse("x", "localhost:0").text()).isEqualTo("localhost:0");
    }

    @Test
    void aServerThatIsNotThereIsNotDone() {
        Cmd.run("sessions", "--server", "tcp://127.0.0.1:1").failsWith(ExitCode.NOT_DONE, "[server_unreachable]");
    }
}
