package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that are copied from the command line. */
class BackupCommandTest {
    @TempDir
    Path directory;

    private String store = "";
    private String copy = "";

    @BeforeEach
    void aSessionWithAnEvent() {
        store = directory.resolve("team.db").toString();
        copy = directory.resolve("copy.db").toString();
        SqliteStore.open(Path.of(store)).close();
        Cmd.run("create", "Begin.", "--comms-name", "agent-a", "--store", store).ok();
        Cmd.run("event", "agent-a", "deploy", "--store", store).ok();
    }

    @Test
    void aCopyIsAStoreWithWhatWasThereAndNothingThatCameLater() {
        List<String> log = tail(store);

        assertThat(Cmd.run("backup", copy, "--store", store).ok().lines())
                .containsExactly("copied " + store + " to " + copy);
        Cmd.run("event", "agent-a", "rollback", "--store", store).ok();

        assertThat(tail(copy)).isEqualTo(log);
        assertThat(tail(store)).hasSizeGreaterThan(log.size());
        Cmd.run("event", "agent-a", "deploy", "--store", copy).ok();
    }

    @Test
    void aStoreThatIsOpenIsCopied() {
        List<String> log = tail(store);
        try (SqliteStore open = SqliteStore.open(Path.of(store))) {
            String done =
                    Cmd.run("backup", copy, "--store", store, "--json").ok().out();
            assertThat(Json.parse(done).at("/store").orElseThrow().as(String.class))
                    .isEqualTo(open.describe());
            assertThat(Json.parse(done).at("/backup").orElseThrow().as(String.class))
                    .isEqualTo(copy);
        }
        assertThat(tail(copy)).isEqualTo(log);
    }

    @Test
    void aRealmsStoreIsCopied() {
        String root = directory.resolve("state").toString();
        Cmd.run("run", "--realm", "team", "--state-root", root, "Hi.").ok();

        Cmd.run("backup", copy, "--realm", "team", "--state-root", root).ok();

        assertThat(Cmd.run("sessions", "--store", copy).ok().lines()).hasSize(1);
    }

    @Test
    void aFileThatIsThereIsNotReplaced() throws IOException {
        Files.writeString(Path.of(copy), "mine");

        Cmd.run("backup", copy, "--store", store).failsWith(ExitCode.NOT_DONE, copy, "is there already");

        assertThat(Files.readString(Path.of(copy))).isEqualTo("mine");
        assertThat(files()).containsExactlyInAnyOrder("team.db", "team.db.lock", "copy.db");
    }

    @Test
    void whatIsNoStoreIsNotCopiedAndLeavesNothing() throws IOException {
        Path text = Files.writeString(directory.resolve("text.db"), "this is no database, and never was");
        List<String> before = files();

        Cmd.run("backup", copy, "--store", text.toString()).failsWith(ExitCode.NOT_DONE, text.toString());
        Cmd.run("backup", copy).failsWith(ExitCode.INVALID, "--store");
        Cmd.run("backup", "--store", store).failsWith(ExitCode.INVALID, "FILE");
        Cmd.run("backup", copy, "--store", directory.resolve("none.db").toString())
                .failsWith(ExitCode.INVALID, "none.db");
        Cmd.run("backup", copy, "--store", "postgresql://joe@db.example/app").failsWith(ExitCode.INVALID, "pg_dump");

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void filesOfOthersBesideABackupAndAnExportStayAsTheyAre() throws IOException {
        Path other = Files.writeString(directory.resolve("copy.db.part"), "mine");
        Path another = Files.writeString(directory.resolve("agent.jsonl.part"), "mine");

        Cmd.run("backup", copy, "--store", store).ok();
        Cmd.run("export", "agent-a", directory.resolve("agent.jsonl").toString(), "--store", store)
                .ok();

        assertThat(other).hasContent("mine");
        assertThat(another).hasContent("mine");
        assertThat(files())
                .containsExactlyInAnyOrder(
                        "agent.jsonl", "agent.jsonl.part", "copy.db", "copy.db.part", "team.db", "team.db.lock");
    }

    private static List<String> tail(String store) {
        return Cmd.run("tail", "agent-a", "--json", "--store", store).ok().lines();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
