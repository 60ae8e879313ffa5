package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CommandLineTest {
    private static final List<String> COMMANDS = List.of(
            "run",
            "serve",
            "rpc",
            "mcp",
            "create",
            "prompt",
            "interrupt",
            "archive",
            "delete",
            "sessions",
            "send",
            "peers",
            "event",
            "later",
            "schedules",
            "dead-letters",
            "redrive",
            "discard",
            "unpark",
            "history",
            "tail",
            "doctor",
            "backup",
            "export",
            "import",
            "generate-completion");

    @TestFactory
    Stream<DynamicTest> eachCommandHasHelp() {
        return COMMANDS.stream()
                .map(command -> DynamicTest.dynamicTest(
                        command,
                        () -> assertThat(Cmd.run(command, "--help").ok().out()).contains("Usage: meerkat " + command)));
    }

    @Test
    void helpListsAllCommandsAndTheExitCodes() {
        assertThat(Cmd.run("--help").ok().out()).contains(COMMANDS).contains("Exit codes:", "no such session");
        assertThat(Cmd.run("help", "send").ok().out()).contains("Usage: meerkat send");
    }

    @Test
    void outputThatCannotBeWrittenIsToldUnlessItsReaderWantsNoMore() {
        assertThat(versionTo("No space left on device"))
                .startsWith(ExitCode.UNKNOWN + ": ")
                .contains("standard output cannot be written: No space left on device");
        assertThat(versionTo("Broken pipe")).isEqualTo(ExitCode.OK + ": ");
    }

    /** The exit code, and what standard error has. */
    private static String versionTo(String fault) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings usual = Cmd.surroundings();
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException(fault);
            }
        };
        Surroundings surroundings = new Surroundings(
                usual.in(),
                full,
                new Terminal(full),
                new Terminal(err),
                false,
                usual.variables(),
                usual.names(),
                usual.programs());
        return Cli.run(surroundings, "--version") + ": " + err.toString(StandardCharsets.UTF_8);
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
        assertThat(Cmd.run("generate-completion").ok().out())
                .contains("complete -F", "doctor", "unpark", "delete", "backup", "--comms-name");
    }

    @Test
    void wrongArgumentsAreNamed() {
        Cmd.run().failsWith(ExitCode.INVALID, "a command is missing");
        Cmd.run("fly").failsWith(ExitCode.INVALID, "fly");
        Cmd.run("serve", "--rest", "8080").failsWith(ExitCode.INVALID, "--rest", "8080", "HOST:PORT");
        Cmd.run("serve", "--rest", "127.0.0.1:65536").failsWith(ExitCode.INVALID, "65536");
        Cmd.run("serve").failsWith(ExitCode.INVALID, "--rest");
        Cmd.run("rpc", "--contract", "0.5").failsWith(ExitCode.INVALID, "0.5", "0.8");
        Cmd.run("rpc", "--realm", "a", "--isolated").failsWith(ExitCode.INVALID, "--isolated");
        Cmd.run("create", "Go.", "--label", "a").failsWith(ExitCode.INVALID, "--label");
        Cmd.run("create", "Go.", "--keep-alive", "--store", "none/s.db").failsWith(ExitCode.INVALID, "comms_name");
        Cmd.run("create", "Go.").failsWith(ExitCode.INVALID, "--server");
        Cmd.run("prompt", "agent").failsWith(ExitCode.INVALID, "PROMPT");
        Cmd.run("prompt", "agent", "Go.", "--timeout", "soon").failsWith(ExitCode.INVALID, "--timeout", "soon");
        Cmd.run("interrupt").failsWith(ExitCode.INVALID, "SESSION");
        Cmd.run("interrupt", "agent", "now", "--server", "http://127.0.0.1:1").failsWith(ExitCode.INVALID, "now");
        Cmd.run("archive").failsWith(ExitCode.INVALID, "SESSION");
        Cmd.run("archive", "agent").failsWith(ExitCode.INVALID, "--server");
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
