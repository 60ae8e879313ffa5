package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that are deleted from the command line, in a store and on a server. */
class DeleteCommandTest {
    @TempDir
    Path directory;

    @Test
    void aSessionOfAStoreIsDeletedWithWhatWaitsForItAndItsNameIsFree() {
        String store = storeOfTwo();
        Cmd.run("event", "agent-b", "deploy", "{\"n\":1}", "--store", store).ok();
        String id = text(
                Cmd.run("sessions", "--store", store, "--json").ok().lines().stream()
                        .filter(row -> row.contains("agent-b"))
                        .findFirst()
                        .orElseThrow(),
                "/session_id");
        String other = Cmd.run("history", "agent-a", "--store", store).ok().out();

        String deleted = Cmd.run("delete", "agent-b", "--yes", "--store", store, "--json")
                .ok()
                .out();

        assertThat(text(deleted, "/session_id")).isEqualTo(id);
        assertThat(text(deleted, "/state")).isEqualTo("deleted");
        for (String[] gone : new String[][] {
            {"history", id}, {"tail", id}, {"event", id, "deploy"}, {"archive", id}, {"delete", id, "--yes"}
        }) {
            Cmd.run(with(store, gone)).failsWith(ExitCode.SESSION_NOT_FOUND, id);
        }
        assertThat(Cmd.run("sessions", "--store", store).ok().out())
                .contains("agent-a")
                .doesNotContain(id);
        assertThat(Cmd.run("sessions", "--archived", "--store", store).ok().out())
                .doesNotContain(id);
        assertThat(Cmd.run("history", "agent-a", "--store", store).ok().out()).isEqualTo(other);
        Cmd.run("create", "Again.", "--comms-name", "agent-b", "--store", store).ok();
        assertThat(Cmd.run("tail", "agent-b", "--store", store).ok().out()).doesNotContain("deploy");
    }

    @Test
    void anArchivedSessionIsDeletedByItsId() {
        String store = storeOfTwo();
        String archived =
                Cmd.run("archive", "agent-b", "--store", store, "--json").ok().out();
        String id = text(archived, "/session_id");

        assertThat(Cmd.run("delete", id, "--yes", "--store", store).ok().lines())
                .containsExactly("deleted " + id);

        assertThat(Cmd.run("sessions", "--archived", "--store", store).ok().out())
                .doesNotContain(id);
    }

    @Test
    void withoutYesNothingIsDeleted() {
        String store = storeOfTwo();
        String before = Cmd.run("sessions", "--store", store).ok().out();

        Cmd.run("delete", "agent-b", "--store", store).failsWith(ExitCode.INVALID, "--yes", "cannot be restored");
        Cmd.run("delete", "nobody", "--yes", "--store", store).failsWith(ExitCode.SESSION_NOT_FOUND, "nobody");
        Cmd.run("delete", "--yes", "--store", store).failsWith(ExitCode.INVALID, "SESSION");
        Cmd.run("delete", "agent-b", "--yes").failsWith(ExitCode.INVALID, "--server");

        assertThat(Cmd.run("sessions", "--store", store).ok().out()).isEqualTo(before);
    }

    @Test
    void aLiveSessionOfAServerIsDeleted() throws Exception {
        Cmd.Running server =
                Cmd.start(InputStream.nullInputStream(), "serve", "--rest", "127.0.0.1:0", "--tcp", "127.0.0.1:0");
        String[] urls = server.awaitOutput("tcp ")
                .lines()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toArray(String[]::new);
        for (String url : urls) {
            String id = text(
                    Cmd.run("create", "Be brief.", "--json", "--server", url)
                            .ok()
                            .out(),
                    "/session_id");
            Cmd.run("delete", id, "--server", url).failsWith(ExitCode.INVALID, "--yes");
            Cmd.run("history", id, "--server", url).ok();

            Cmd.run("delete", id, "--yes", "--server", url).ok();

            Cmd.run("history", id, "--server", url).failsWith(ExitCode.SESSION_NOT_FOUND, id);
            Cmd.run("delete", id, "--yes", "--server", url).failsWith(ExitCode.SESSION_NOT_FOUND, id);
            assertThat(Cmd.run("sessions", "--server", url).ok().out()).doesNotContain(id);
        }
        server.stop().ok();
    }

    private String storeOfTwo() {
        String store = directory.resolve("team.db").toString();
        SqliteStore.open(Path.of(store)).close();
        for (String name : new String[] {"agent-a", "agent-b"}) {
            Cmd.run("create", "Begin.", "--comms-name", name, "--store", store).ok();
        }
        return store;
    }

    private static String[] with(String store, String... command) {
        String[] all = Arrays.copyOf(command, command.length + 2);
        all[command.length] = "--store";
        all[command.length + 1] = store;
        return all;
    }

    private static String text(String json, String pointer) {
        return Json.parse(json).at(pointer).orElseThrow().as(String.class);
    }
}
