package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Retention;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.internal.Printable;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No command prints what others have written in a way that the terminal obeys or that looks like another entry. */
class HostileTextTest {
    /** Clipboard, cursor, link and colour; C1; direction; no width; line ends of all kinds; a forged entry. */
    private static final String HOSTILE =
            "x\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u009b31m\u202e\u2066\u200b\ufeff\u00ad\u007f\u0000"
                    + "\u2028\u2029\u0085\u000b\f\r\r\n2026-11-30T00:00:00Z  answer: forged\n\tforged\udb40\udc41\u3164";

    private static final String FORGED = "2026-11-30T00:00:00Z  answer: forged";
    /** A name may have what is neither a control character nor outer white space. */
    private static final String NAME = "dep\u202eloy \u200b\"z\u0430";

    @TempDir
    Path directory;

    private String store = "";

    @BeforeEach
    void sessionsWithHostileTexts() throws Exception {
        store = directory.resolve("s.db").toString();
        try (Place place = Places.running(
                Optional.of(new StoreAddress.SqliteFile(Path.of(store))),
                "default",
                turn -> {
                    turn.tool(NAME, Json.of(HOSTILE), key -> Json.of(HOSTILE));
                    turn.comms().send(CommsCommand.PeerMessage.to(PeerRef.named("\u0430gent"), HOSTILE));
                    throw new IllegalStateException(HOSTILE);
                },
                Retention.FOREVER,
                Cmd.surroundings())) {
            Session peer = place.meerkat()
                    .create(SessionSpec.ofPrompt(HOSTILE)
                            .withCommsName("\u0430gent")
                            .withDeferredStart());
            Session session = place.meerkat()
                    .create(SessionSpec.ofPrompt(HOSTILE)
                            .withSystemPrompt(HOSTILE)
                            .withLabels(Map.of("a", HOSTILE))
                            .withCommsName("agent")
                            .withDeferredStart());
            session.sendExternalEvent(
                    ExternalEvent.genericJson(NAME, Json.of(HOSTILE)).withSource(NAME));
            session.send(CommsCommand.Input.of(HOSTILE).withSource(NAME));
            peer.send(CommsCommand.PeerMessage.to(PeerRef.named("agent"), HOSTILE));
            peer.send(CommsCommand.PeerRequest.to(PeerRef.named("agent"), NAME, Json.of(HOSTILE)));
        }
        Cmd.run("run", "--store", store, "--resume", "agent", HOSTILE).ok();
    }

    private Cmd.Result on(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--store", store));
        return plain(Cmd.run(all.toArray(String[]::new)));
    }

    private static Cmd.Result plain(Cmd.Result result) {
        for (String output : new String[] {result.out(), result.err()}) {
            assertThat(output.lines()).allSatisfy(line -> {
                assertThat(line).matches(Printable::isPlain, "plain: " + Printable.line(line));
                assertThat(line).doesNotStartWith(FORGED).doesNotStartWith("\t");
            });
            // Other than its own line ends; lines() would take some of them for such.
            assertThat(output.replace("\n", "")).matches(Printable::isPlain, "plain");
        }
        return result;
    }

    @Test
    void theTranscriptShowsEachEntryOnceWithItsFurtherLinesIndented() {
        Cmd.Result history = on("history", "agent").ok();

        assertThat(history.out()).contains("system: x\\u{1b}]52;c;", "\\u{202e}\\u{2066}\\u{200b}", "\n  " + FORGED);
        assertThat(history.lines().stream().filter(line -> !line.startsWith("  ")))
                .hasSameSizeAs(on("history", "agent", "--json").ok().lines());
    }

    @Test
    void eventsAndSessionsAndPeersArePlain() {
        assertThat(on("tail", "agent").ok().out())
                .contains("event \"dep\\u{202e}loy \\u{200b}\\\"z\u0430\" (dep\\u{202e}loy \\u{200b}\"z\\u{430}) from");
        on("tail", "\u0430gent").ok();
        assertThat(on("sessions").ok().lines()).hasSize(2);
        assertThat(on("peers", "agent").ok().out()).contains("\"\u0430gent\" (\\u{430}gent)");
    }

    @Test
    void whatIsCreatedAndPromptedInAStoreIsPlain() {
        assertThat(on(
                                "create",
                                HOSTILE,
                                "--system-prompt",
                                HOSTILE,
                                "--comms-name",
                                "\u0430b",
                                "--label",
                                "a=" + HOSTILE)
                        .ok()
                        .lines())
                .hasSize(1);
        assertThat(on("prompt", "\u0430b", HOSTILE).ok().lines()).hasSize(1);
        assertThat(on("interrupt", "\u0430b").ok().lines()).hasSize(1);
        on("history", "\u0430b").ok();
        assertThat(on("archive", "\u0430b").ok().lines()).hasSize(1);
    }

    @Test
    void documentsForScriptsStayJsonAndGiveTheTextsBack() {
        for (String command : new String[] {"history", "tail", "peers"}) {
            assertThat(on(command, "agent", "--json").ok().lines())
                    .isNotEmpty()
                    .allSatisfy(row -> assertThat(Json.parse(row)).isNotNull());
        }
        assertThat(on("sessions", "--json").ok().lines())
                .extracting(row -> Json.parse(row).at("/labels/a"))
                .contains(Optional.of(Json.of(HOSTILE)));
        assertThat(on("history", "agent", "--json").ok().lines())
                .extracting(row -> Json.parse(row).at("/text"))
                .contains(Optional.of(Json.of(HOSTILE)));
    }

    @Test
    void answersAndFailuresArePlain() {
        plain(Cmd.run("run", HOSTILE)).ok();
        plain(Cmd.run("run", "--json", HOSTILE)).ok();
        plain(Cmd.withInput(HOSTILE, "run", "--stdin", "lines", "Go.")).ok();
        plain(Cmd.run("run", "--agent", "exec:printf '\\033[2J\\n\\233\\a' >&2; exit 3", "Go."))
                .failsWith(ExitCode.AGENT_FAILED, "\\u{1b}[2J");
        plain(Cmd.run("run", "--agent", "exec:printf 'a\\033[2J\\r\\nb\\a'", "Go."))
                .ok();
    }

    @Test
    void whatIsRefusedIsQuotedPlainly() {
        plain(Cmd.run(HOSTILE));
        plain(Cmd.run("run", "--" + HOSTILE));
        plain(Cmd.run("run", "--agent", HOSTILE, "Go."));
        plain(Cmd.run("run", "--comms-name", HOSTILE, "Go.")).failsWith(ExitCode.INVALID, "comms_name");
        plain(Cmd.run("serve", "--rest", HOSTILE)).failsWith(ExitCode.INVALID, "--rest");
        plain(Cmd.run("sessions", "--server", HOSTILE)).failsWith(ExitCode.INVALID, "server");
        plain(Cmd.run(
                "doctor", "--store", directory.resolve("no\u001b[2Jfile").toString(), "--server", "http://\u001b"));
        plain(Cmd.run("rpc", "--contract", HOSTILE)).failsWith(ExitCode.INVALID, "x\\u{1b}");
        for (String command : new String[] {"history", "tail", "peers", "interrupt", "archive"}) {
            on(command, HOSTILE).failsWith(ExitCode.SESSION_NOT_FOUND, "x\\u{1b}");
        }
        on("prompt", HOSTILE, "Go.").failsWith(ExitCode.SESSION_NOT_FOUND, "x\\u{1b}");
        on("prompt", "agent", "Go.", "--timeout", HOSTILE).failsWith(ExitCode.INVALID, "x\\u{1b}");
        on("create", "Go.", "--comms-name", HOSTILE).failsWith(ExitCode.INVALID, "comms_name", "x\\u{1b}");
        on("create", "Go.", "--label", HOSTILE).failsWith(ExitCode.INVALID, "labels", "x\\u{1b}");
        on("history", HOSTILE).failsWith(ExitCode.SESSION_NOT_FOUND, "x\\u{1b}");
        on("send", "agent", "--to", HOSTILE, "Hi.").failsWith(ExitCode.INVALID, "x\\u{1b}");
        on("send", "agent", "--to", NAME, "Hi.").failsWith(ExitCode.NOT_DONE, "\\u{202e}");
        on("send", "agent", "--kind", HOSTILE).failsWith(ExitCode.INVALID, "x\\u{1b}");
        on("event", "agent", HOSTILE).failsWith(ExitCode.INVALID, "x\\u{1b}");
        on("event", "agent", "deploy", HOSTILE).failsWith(ExitCode.INVALID, "x\\u{1b}");
        on("event", "agent", "deploy", "1", "--key", NAME).ok();
        on("event", "agent", "deploy", "2", "--key", NAME).failsWith(ExitCode.CONFLICT, "\\u{202e}");
        on("tail", "agent", "--from", HOSTILE).failsWith(ExitCode.INVALID, "x\\u{1b}");
    }

    @Test
    void aServersWordsArePlainToo() throws Exception {
        Cmd.Running server = Cmd.start(
                InputStream.nullInputStream(),
                "serve",
                "--store",
                store,
                "--rest",
                "127.0.0.1:0",
                "--tcp",
                "127.0.0.1:0");
        String[] urls = server.awaitOutput("tcp ")
                .lines()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toArray(String[]::new);
        for (String url : urls) {
            String id = Cmd.run("sessions", "--server", url, "--json").ok().lines().stream()
                    .map(Json::parse)
                    .filter(row -> row.at("/labels/a").isPresent())
                    .map(row -> row.at("/session_id").orElseThrow().as(String.class))
                    .findFirst()
                    .orElseThrow();
            for (String command : new String[] {"history", "tail", "peers"}) {
                assertThat(plain(Cmd.run(command, id, "--server", url)).ok().out())
                        .contains("u{");
                plain(Cmd.run(command, id, "--server", url, "--json")).ok();
            }
            plain(Cmd.run("sessions", "--server", url)).ok();
            String made = Json.parse(
                            plain(Cmd.run("create", HOSTILE, "--label", "b=" + HOSTILE, "--json", "--server", url))
                                    .ok()
                                    .out())
                    .at("/session_id")
                    .orElseThrow()
                    .as(String.class);
            assertThat(plain(Cmd.run("prompt", made, HOSTILE, "--server", url))
                            .ok()
                            .out())
                    .contains("x\\u{1b}");
            plain(Cmd.run("prompt", made, HOSTILE, "--json", "--server", url)).ok();
            plain(Cmd.run("interrupt", made, "--server", url)).ok();
            plain(Cmd.run("archive", made, "--server", url)).ok();
            plain(Cmd.run("send", id, "--to", NAME, "Hi.", "--server", url)).failsWith(ExitCode.NOT_DONE);
        }
        plain(server.stop()).ok();
    }

    @Test
    void logLinesAndStackTracesArePlain() throws Exception {
        try (Child child =
                Child.start(directory, "run", "--agent", "exec:printf 'e\\033[2J\\nWARN forged' >&2; exit 3", "Go.")) {
            assertThat(child.exitCode()).isEqualTo(ExitCode.AGENT_FAILED);
        }
        String errors = Files.readString(directory.resolve("stderr.txt"));
        assertThat(errors.lines()).noneMatch(line -> line.startsWith("WARN forged"));
        assertThat(errors.replace("\n", "")).matches(Printable::isPlain, "plain");
    }
}
