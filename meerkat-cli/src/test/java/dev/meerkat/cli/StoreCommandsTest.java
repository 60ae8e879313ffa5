package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on a store that no server holds. */
class StoreCommandsTest {
    @TempDir
    Path directory;

    private String store = "";

    @BeforeEach
    void twoSessions() {
        store = directory.resolve("team.db").toString();
        Cmd.run("run", "--store", store, "--comms-name", "agent-a", "You are a coordinator.")
                .ok();
        // Keep-alive sessions are what others can wake; this one ends with its empty input.
        Cmd.run("run", "--store", store, "--comms-name", "agent-b", "--stdin", "lines", "You build.")
                .ok();
    }

    private Cmd.Result on(String command, String... more) {
        return Cmd.run(args(command, more));
    }

    private String[] args(String command, String... more) {
        List<String> args = new ArrayList<>(List.of(command, "--store", store));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private static String at(String json, String pointer) {
        return Json.parse(json).at(pointer).orElseThrow().toString();
    }

    @Test
    void sessionsAreListedForPeopleAndForScripts() {
        assertThat(on("sessions").ok().lines()).hasSize(2).anyMatch(line -> line.contains("default/agent-a"));
        List<String> rows = on("sessions", "--json").ok().lines();
        assertThat(rows)
                .extracting(row -> at(row, "/comms_name"))
                .containsExactlyInAnyOrder("\"agent-a\"", "\"agent-b\"");
    }

    @Test
    void peersOfASessionAreListed() {
        assertThat(on("peers", "agent-a").ok().out()).contains("agent-b").doesNotContain("agent-a");
        assertThat(at(on("peers", "agent-a", "--json").ok().out(), "/name")).isEqualTo("\"agent-b\"");
    }

    @Test
    void whatIsSentWaitsInTheStoreUntilTheSessionRuns() {
        on("send", "agent-a", "--to", "agent-b", "Build failed.").ok();
        on("event", "agent-b", "deploy_complete", "{\"release\":\"2026.04.21\"}")
                .ok();
        assertThat(on("sessions", "--json").out()).contains("\"waiting_comms\":1,\"waiting_external\":1");

        Cmd.Result resumed = Cmd.run("run", "--store", store, "--resume", "agent-b", "--stdin", "lines")
                .ok();
        assertThat(resumed.lines())
                .containsSubsequence(
                        "  - prompt: You build.",
                        "  - message from agent-a: Build failed.",
                        "  - event deploy_complete from deploy_complete: {\"release\":\"2026.04.21\"}");
        assertThat(on("sessions", "--json").out()).doesNotContain("\"waiting_external\":1");
    }

    @Test
    void aResumedSessionRemembers() {
        Cmd.Result last =
                Cmd.run("run", "--store", store, "--resume", "last", "And now?").ok();
        assertThat(last.lines()).containsSubsequence("  - prompt: You build.", "  - prompt: And now?");
    }

    @Test
    void aRequestIsCompletedByTheEchoAgentAndItsResponseComesBack() {
        Cmd.Result sent = on(
                        "send",
                        "agent-b",
                        "--json",
                        "--to",
                        "agent-a",
                        "--kind",
                        "peer_request",
                        "--intent",
                        "review",
                        "--params",
                        "{\"pr\":7}")
                .ok();
        assertThat(at(sent.out(), "/request_id")).isNotEqualTo("null");
        Cmd.run("run", "--store", store, "--resume", "agent-a", "Look.").ok();
        // Whichever of the two runs the response wakes it in.
        Cmd.run("run", "--store", store, "--resume", "agent-b", "--stdin", "lines")
                .ok();
        assertThat(on("history", "agent-b").ok().out())
                .contains("response completed from agent-a: {\"echo\":{\"pr\":7}}");
    }

    @Test
    void aKeyIsAcceptedOnceAndConflictsWithOtherContent() {
        String[] first = args("event", "agent-a", "deploy", "{\"n\":1}", "--key", "k1", "--json");
        String accepted = Cmd.run(first).ok().out();
        assertThat(at(accepted, "/outcome")).isEqualTo("\"accepted\"");
        String duplicate = Cmd.run(first).ok().out();
        assertThat(at(duplicate, "/outcome")).isEqualTo("\"duplicate\"");
        assertThat(at(duplicate, "/input_id")).isEqualTo(at(accepted, "/input_id"));
        on("event", "agent-a", "deploy", "{\"n\":2}", "--key", "k1").failsWith(ExitCode.CONFLICT, "k1");
    }

    @Test
    void theSameJsonInAnotherSpellingIsADuplicateAndComesBackAsItWasSentFirst() {
        String first = "{\"v\":1e-7,\"n\":[-0,100,1.50],\"t\":\"A/\u00e9\"}";
        String same = "{\"t\":\"\\u0041\\/\\u00e9\", \"n\":[0,1E2,1.5], \"v\":0.0000001}";
        String accepted = on("event", "agent-b", "push", first, "--key", "k1", "--json")
                .ok()
                .out();

        String again = on("event", "agent-b", "push", same, "--key", "k1", "--json")
                .ok()
                .out();
        String piped = Cmd.withInput(same, args("event", "agent-b", "push", "-", "--key", "k1", "--json"))
                .ok()
                .out();

        for (String duplicate : List.of(again, piped)) {
            assertThat(at(duplicate, "/outcome")).isEqualTo("\"duplicate\"");
            assertThat(at(duplicate, "/input_id")).isEqualTo(at(accepted, "/input_id"));
        }
        on("event", "agent-b", "push", first.replace("1e-7", "1e-8"), "--key", "k1")
                .failsWith(ExitCode.CONFLICT, "k1");
        assertThat(on("tail", "agent-b").ok().out()).contains("{\"v\":1e-7,\"n\":[-0,100,1.50],\"t\":\"A/\u00e9\"}");
        Cmd.run("run", "--store", store, "--resume", "agent-b", "Look.").ok();
        String entry = on("history", "agent-b", "--json").ok().lines().stream()
                .filter(line -> line.contains("\"push\""))
                .findFirst()
                .orElseThrow();
        assertThat(entry).contains("\"payload\":" + first);
    }

    @Test
    void archivingInAStoreEndsTheSessionWhateverWaitsAndRunsNothing() {
        on("event", "agent-b", "deploy").ok();
        on("prompt", "agent-b", "Look.").ok();
        on("prompt", "agent-a", "Wait.").ok();
        String entries = on("history", "agent-b").ok().out();
        String id = at(on("create", "Deferred.", "--json").ok().out(), "/session_id")
                .replace("\"", "");

        assertThat(at(on("archive", "agent-b", "--json").ok().out(), "/state")).isEqualTo("\"archived\"");
        on("archive", id).ok();

        on("archive", id).failsWith(ExitCode.NOT_RUNNING);
        on("event", id, "deploy").failsWith(ExitCode.NOT_RUNNING);
        on("history", "agent-b").failsWith(ExitCode.SESSION_NOT_FOUND);
        assertThat(entries).doesNotContain("Look.");
        assertThat(on("tail", id).ok().out()).contains("session archived");
        assertThat(on("sessions", "--json").ok().out())
                .contains("\"waiting_comms\":1")
                .doesNotContain(id, "agent-b");
        on("create", "Again.", "--comms-name", "agent-b").ok();
        assertThat(Cmd.run("run", "--store", store, "--resume", "agent-a", "Go.")
                        .ok()
                        .out())
                .contains("Wait.");
    }

    @Test
    void whatWaitsInAStoreIsNothingToWarnOf() throws Exception {
        try (Child child = Child.start(directory, "prompt", "agent-b", "Look.", "--store", store)) {
            assertThat(child.exitCode()).isZero();
        }
        assertThat(Files.readString(directory.resolve("stderr.txt"))).isEmpty();
    }

    @Test
    void aServerWhoseStoreIsLostEndsAndSaysWhy() throws Exception {
        Cmd.Running server =
                Cmd.start(InputStream.nullInputStream(), "serve", "--rest", "127.0.0.1:0", "--store", store);
        String url =
                server.awaitOutput("rest ").lines().findFirst().orElseThrow().substring("rest ".length());
        Files.delete(Path.of(store));

        assertThat(Cmd.run("event", "agent-b", "deploy", "--server", url).code())
                .isNotZero();

        server.end().failsWith(ExitCode.STORE_LOST, "is lost", store, "was deleted, moved or replaced");
    }

    @Test
    void aPayloadComesFromStandardInput() {
        Cmd.withInput("{\"from\":\"stdin\"}", args("event", "agent-a", "deploy", "-"))
                .ok();
        assertThat(on("tail", "agent-a").ok().out()).contains("{\"from\":\"stdin\"}");
    }

    @Test
    void historyShowsWhatWasSaid() {
        assertThat(on("history", "agent-a").ok().lines())
                .anyMatch(line -> line.endsWith("prompt: You are a coordinator."));
        List<String> rows =
                on("history", "agent-a", "--json", "--limit", "1").ok().lines();
        assertThat(rows).hasSize(1);
        assertThat(Json.parse(rows.get(0)).at("/type")).isPresent();
    }

    @Test
    void tailGoesOnBehindACursor() {
        List<String> all = on("tail", "agent-a", "--json").ok().lines();
        assertThat(all).hasSizeGreaterThan(3);
        String second = at(all.get(1), "/cursor");
        assertThat(on("tail", "agent-a", "--json", "--from", second).ok().lines())
                .isEqualTo(all.subList(2, all.size()));
        assertThat(on("tail", "agent-a", "--from", "now").ok().out()).isEmpty();
    }

    @Test
    void nothingCanBeFollowedInAStoreAtRest() {
        on("tail", "agent-a", "--follow").failsWith(ExitCode.INVALID, "--server");
    }

    @Test
    void refusalsHaveTheirExitCodes() {
        on("history", "nobody").failsWith(ExitCode.SESSION_NOT_FOUND, "nobody", "[session_not_found]");
        on("send", "agent-a", "--to", "nobody", "Hello").failsWith(ExitCode.NOT_DONE, "agent-b");
        on("send", "agent-a", "Hello").failsWith(ExitCode.INVALID, "--to");
        on("send", "agent-a", "--kind", "smoke").failsWith(ExitCode.INVALID, "smoke");
        on("event", "agent-a", "deploy", "{").failsWith(ExitCode.INVALID);
        on("tail", "agent-a", "--from", "soon").failsWith(ExitCode.INVALID, "soon");
        Cmd.run("sessions").failsWith(ExitCode.INVALID, "--store");
        Cmd.run("sessions", "--store", store, "--server", "http://x").failsWith(ExitCode.INVALID, "--server");
        Cmd.run("sessions", "--store", directory.resolve("none.db").toString()).failsWith(ExitCode.INVALID, "none.db");
    }

    @Test
    void aHeldStoreIsToldWithTheWayToItsServer() {
        try (SqliteStore held = SqliteStore.open(Path.of(store))) {
            on("sessions").failsWith(ExitCode.NOT_DONE, "is open already", "--server", held.describe());
        }
    }

    @Test
    void aRealmHasItsStoreUnderTheStateRoot() {
        String root = directory.resolve("state").toString();
        Cmd.run("run", "--realm", "team", "--state-root", root, "Hi.").ok();
        assertThat(directory.resolve("state/team/meerkat.db")).exists();
        assertThat(Cmd.run("sessions", "--realm", "team", "--state-root", root)
                        .ok()
                        .out())
                .contains("team/-");
        Cmd.run("sessions", "--realm", "../team", "--state-root", root).failsWith(ExitCode.INVALID, "../team");
    }

    @Test
    void theDoctorFindsAHealthyStoreHealthy() {
        on("doctor", "--port", "127.0.0.1:0").ok();
        List<String> checks = on("doctor", "--json").ok().lines();
        assertThat(checks).extracting(row -> at(row, "/ok")).containsOnly("true");
        assertThat(checks)
                .extracting(row -> at(row, "/check"))
                .contains("\"java\"", "\"directory\"", "\"sync\"", "\"store\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE sessions SET spec = x'00' WHERE comms_name = 'agent-a'",
                "UPDATE progress SET body = x'00' WHERE session_no = 1",
                "UPDATE inputs SET body = x'00' WHERE session_no = 1",
                "UPDATE events SET body = x'00' WHERE session_no = 1",
                "INSERT INTO outbox SELECT 1, 1, id, x'00' FROM sessions WHERE no = 1",
            })
    void theDoctorNamesTheSessionThatCannotBeRead(String damage) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(damage)).isPositive();
        }

        Cmd.Result result = on("doctor");

        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.lines())
                .anyMatch(line -> line.startsWith("problem  store: 1 of 2 sessions cannot be read: session "));
    }

    /** The content of each file beside the store, and of the store. */
    private Map<String, String> content() throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                content.put(each.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(each)));
            }
        }
        return content;
    }

    @Test
    void theDoctorChangesNothingOfAStoreWhoseProcessWasKilledUnlessItIsTold() throws Exception {
        try (Child killed = Child.start(directory, "serve", "--rest", "127.0.0.1:0", "--store", store)) {
            String url = killed.await(line -> line.startsWith("rest ")).substring("rest ".length());
            Cmd.run("create", "--server", url, "--comms-name", "agent-c", "Watch.")
                    .ok();
            killed.kill();
        }
        Map<String, String> before = content();

        assertThat(on("doctor").ok().out()).contains("it was not closed in order");
        assertThat(content()).isEqualTo(before);

        on("doctor", "--repair").ok();
        assertThat(on("doctor").ok().out()).contains("3 live sessions").doesNotContain("not closed in order");
    }

    @Test
    void theDoctorAddsChecksumsThatAreMissingIfItIsTold() throws Exception {
        try (FileChannel file = FileChannel.open(Path.of(store), StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 1); // the last byte of its checksums
        }
        Map<String, String> before = content();

        Cmd.Result found = on("doctor");
        assertThat(found.code()).isEqualTo(ExitCode.FAILED);
        assertThat(found.lines()).anyMatch(line -> line.startsWith("problem  store:") && line.contains("--repair"));
        assertThat(content()).isEqualTo(before);

        on("doctor", "--repair").ok();
        on("doctor").ok();
    }

    @Test
    void theDoctorSaysWhatToDoAboutADamagedStore() throws Exception {
        Path damaged = Files.writeString(directory.resolve("damaged.db"), "this is no database, and never was");
        Cmd.Result result = Cmd.run("doctor", "--store", damaged.toString());
        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.lines())
                .anyMatch(line -> line.startsWith("problem  store:") && line.contains("-> restore it from a backup"));
        assertThat(Files.readString(damaged)).startsWith("this is no database");
    }

    @Test
    void theDoctorDoesNotTakeAStoreOfANewerVersionForADamagedOne() throws Exception {
        Path newer = directory.resolve("newer.db");
        SqliteStore.open(newer).close();
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + newer);
                Statement statement = database.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }
        Cmd.Result result = Cmd.run("doctor", "--repair", "--store", newer.toString());
        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.out())
                .contains("schema version 99", "open it with the version that has written it")
                .doesNotContain(".recover");
    }

    @Test
    void aRealmsDirectoryIsPrivateAndOneThatOthersCouldHaveMadeIsRefused() throws Exception {
        Path root = directory.resolve("state");
        Path realm = root.resolve("team");
        String[] sessions = {"sessions", "--realm", "team", "--state-root", root.toString()};
        Cmd.run("run", "--realm", "team", "--state-root", root.toString(), "Hi.")
                .ok();
        for (Path made : List.of(root, realm)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rwx------");
        }

        Files.setPosixFilePermissions(realm, PosixFilePermissions.fromString("rwxrwxrwx"));
        Cmd.run(sessions).failsWith(ExitCode.INVALID, "can be written to by every user", "chmod o-w " + realm);
        Cmd.Result doctor = Cmd.run("doctor", "--realm", "team", "--state-root", root.toString());
        assertThat(doctor.code()).isEqualTo(ExitCode.FAILED);
        assertThat(doctor.out()).contains("problem  directory:", "chmod o-w " + realm);
        Files.setPosixFilePermissions(realm, PosixFilePermissions.fromString("rwx------"));
        Cmd.run(sessions).ok();

        Path elsewhere = root.resolveSibling("elsewhere");
        Files.move(realm, elsewhere);
        Files.createSymbolicLink(realm, elsewhere);
        Cmd.run(sessions).failsWith(ExitCode.INVALID, "is a symbolic link", elsewhere.toString());
    }
}
