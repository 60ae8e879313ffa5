package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import dev.meerkat.api.Retention;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that are exported and imported from the command line. */
class ExportCommandTest {
    @TempDir
    Path directory;

    private String store = "";
    private String other = "";
    private String file = "";
    private String id = "";

    @BeforeEach
    void aSessionWithAnEvent() {
        store = directory.resolve("team.db").toString();
        other = directory.resolve("other.db").toString();
        file = directory.resolve("session.jsonl").toString();
        SqliteStore.open(Path.of(store)).close();
        String created = Cmd.run("create", "Begin.", "--comms-name", "agent-a", "--store", store, "--json")
                .ok()
                .out();
        id = Json.parse(created).at("/session_id").orElseThrow().as(String.class);
        Cmd.run("event", "agent-a", "deploy", "--key", "k1", "--store", store).ok();
    }

    @Test
    void aSessionMovesToAnotherStoreWithWhatWaitsAndTheKeysThatItKnows() {
        List<String> log = tail(store);
        assertThat(Cmd.run("export", "agent-a", file, "--store", store).ok().lines())
                .containsExactly("exported " + id + " to " + file);
        Cmd.run("delete", "agent-a", "--yes", "--store", store).ok();

        String done = Cmd.run("import", file, "--store", other, "--json").ok().out();

        assertThat(Json.parse(done).at("/session_id").orElseThrow().as(String.class))
                .isEqualTo(id);
        assertThat(tail(other)).isEqualTo(log);
        Cmd.run("event", "agent-a", "deploy", "--key", "k1", "--store", other).ok();
        assertThat(tail(other)).isEqualTo(log);
        assertThat(Cmd.run("export", id, "--store", other).ok().lines()).isEqualTo(lines());
    }

    @Test
    void aSessionOfAServerIsExportedWhileItRunsAndItsWorkIsDoneOnceByTheProcessThatHasItNext() throws Exception {
        String waiting;
        try (Child server = Child.start(directory, "serve", "--rest", "127.0.0.1:0", "--store", store)) {
            server.await(line -> line.startsWith("rest "));
            Cmd.run("export", "agent-a", file, "--store", store).ok();
            waiting = lines().get(0);
            assertThat(waiting).contains(id);
            assertThat(server.terminate()).isZero();
        }
        Cmd.run("import", file, "--store", other).ok();

        try (Child server = Child.start(directory, "serve", "--rest", "127.0.0.1:0", "--store", other)) {
            String line = server.await(text -> text.startsWith("rest "));
            String url = line.substring(line.indexOf(' ') + 1);
            Cmd.run("prompt", id, "Go on.", "--server", url).ok();
            assertThat(server.terminate()).isZero();
        }

        List<String> consumed = tail(other).stream()
                .filter(event -> event.contains("input_consumed") || event.contains("turn_completed"))
                .toList();
        assertThat(consumed).isNotEmpty().doesNotHaveDuplicates();
        Cmd.run("doctor", "--store", other).ok();
    }

    @Test
    void aDamagedFileIsRefusedByItsLineAndNoStoreIsMade() throws IOException {
        Cmd.run("export", "agent-a", file, "--store", store).ok();
        List<String> lines = lines();
        Files.writeString(Path.of(file), lines.get(0) + "\n" + lines.get(1).replace("prompt", "prompT") + "\n");

        Cmd.run("import", file, "--store", other).failsWith(ExitCode.NOT_DONE, "line 2", "checksum");
        Cmd.withInput(lines.get(0) + "\n", "import", "-", "--store", store)
                .failsWith(ExitCode.NOT_DONE, "[session_exists]", id);
        Files.writeString(Path.of(file), lines.get(0) + "\n");
        Cmd.run("import", file, "--store", other).failsWith(ExitCode.NOT_DONE, "line 2 is missing");

        assertThat(files()).containsExactlyInAnyOrder("team.db", "team.db.lock", "session.jsonl");
    }

    @Test
    void whatIsTakenOrNotThereIsNamed() throws IOException {
        Cmd.run("export", "agent-a", file, "--store", store).ok();
        Cmd.run("export", "agent-a", file, "--store", store).failsWith(ExitCode.INVALID, file, "is there already");
        Cmd.run("import", file, "--store", store).failsWith(ExitCode.NOT_DONE, "[session_exists]", id);
        Cmd.run("delete", "agent-a", "--yes", "--store", store).ok();
        Cmd.run("create", "Begin.", "--comms-name", "agent-a", "--store", store).ok();
        Cmd.run("import", file, "--store", store).failsWith(ExitCode.NOT_DONE, "[comms_name_taken]", "agent-a");
        Cmd.run("export", "nobody", "--store", store).failsWith(ExitCode.SESSION_NOT_FOUND, "nobody");
        Cmd.run("export", "agent-a", "--store", other).failsWith(ExitCode.INVALID, other);
        Cmd.run("export", "agent-a").failsWith(ExitCode.INVALID, "--store");
        Cmd.run("import", other, "--store", store).failsWith(ExitCode.INVALID, "is no file");
        assertThat(files()).containsExactlyInAnyOrder("team.db", "team.db.lock", "session.jsonl");
    }

    @Test
    void rulesOfRetentionAreTakenAndWrongOnesNamed() throws Exception {
        String[] serve = {"serve", "--rest", "127.0.0.1:0", "--store", store, "--retain"};
        for (String wrong : List.of(
                "events", "evens=3", "events=", "events=soon", "events=0", "events=1s", "keys=64MB", "all=3,,4")) {
            Cmd.run(with(serve, wrong)).failsWith(ExitCode.INVALID, "--retain", wrong);
        }
        RetainOption option = new RetainOption();
        option.rules = List.of("all=30d", "events=12h,10000,64MB");
        assertThat(option.retention())
                .isEqualTo(Retention.ofAge(Duration.ofDays(30))
                        .withEvents(Retention.Keep.FOREVER
                                .withAge(Duration.ofHours(12))
                                .withCount(10_000)
                                .withBytes(64L << 20)));
        try (Child server = Child.start(
                directory,
                "serve",
                "--rest",
                "127.0.0.1:0",
                "--store",
                store,
                "--retain",
                "all=30d",
                "--retain",
                "events=10000")) {
            server.await(line -> line.startsWith("rest "));
            assertThat(server.terminate()).isZero();
        }
    }

    private static String[] with(String[] args, String last) {
        return Stream.concat(Stream.of(args), Stream.of(last)).toArray(String[]::new);
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> tail(String store) {
        return Cmd.run("tail", "agent-a", "--json", "--store", store).ok().lines();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
