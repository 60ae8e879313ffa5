package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a session of a real store is to get later, by itself and through a server that has it. */
class SchedulesCommandTest {
    @TempDir
    Path directory;

    private String store;

    @BeforeEach
    @SuppressWarnings("try") // closing may be interrupted
    void aSession() throws InterruptedException {
        Path file = directory.resolve("team.db");
        store = file.toString();
        try (SqliteStore opened = SqliteStore.open(file);
                Meerkat meerkat =
                        MeerkatRuntime.of((Agent) turn -> "ok").store(opened).open()) {
            Session unused = meerkat.create(SessionSpec.withoutPrompt().withCommsName("agent-a"));
        }
    }

    @Test
    void inAStoreInputsAreScheduledListedAndTakenBack() {
        check("--store", store);
    }

    @Test
    void theSameOnAServer() throws Exception {
        Cmd.Running server =
                Cmd.start(InputStream.nullInputStream(), "serve", "--rest", "127.0.0.1:0", "--store", store);
        String line = server.awaitOutput("rest ").lines().findFirst().orElseThrow();

        check("--server", line.substring(line.indexOf(' ') + 1));

        server.stop().ok();
    }

    private static void check(String option, String where) {
        assertThat(Cmd.run("later", "agent-a", "look", "--in", "3d", "--key", "k", option, where)
                        .ok()
                        .out())
                .startsWith("scheduled ")
                .contains(", due ");
        Cmd.run("later", "agent-a", "report", "--cron", "0 9 * * MON-FRI", "--zone", "Europe/Helsinki", option, where)
                .ok();
        Cmd.run("later", "agent-a", "party", "--at", "2199-12-31T23:00:00Z", option, where)
                .ok();

        String listed = Cmd.run("schedules", "agent-a", option, where).ok().out();
        assertThat(listed.lines())
                .hasSize(3)
                .anySatisfy(row -> assertThat(row).contains("0 9 * * MON-FRI", "Europe/Helsinki", "report"))
                .last()
                .satisfies(row -> assertThat(row).contains("2199-12-31T23:00:00Z", "party"));
        assertThat(Cmd.run("sessions", "--json", option, where).ok().out()).contains("\"schedules\":3");
        String json =
                Cmd.run("schedules", "agent-a", "--json", option, where).ok().out();
        for (String row : json.lines().toList()) {
            String id = Json.parse(row).at("/schedule_id").orElseThrow().as(String.class);
            assertThat(Cmd.run("schedules", "agent-a", "--cancel", id, option, where)
                            .ok()
                            .out())
                    .startsWith("cancelled ");
            assertThat(Cmd.run("schedules", "agent-a", "--cancel", id, option, where)
                            .ok()
                            .out())
                    .startsWith("not there");
        }
        assertThat(Cmd.run("schedules", "agent-a", option, where).ok().out()).isEmpty();
    }

    @Test
    void whatIsWrongIsNamed() {
        String[][] wrong = {
            {"--in", "soon"},
            {"--at", "noon"},
            {"--cron", "61 * * * *"},
            {"--zone", "Mars", "--cron", "* * * * *"},
            {"--in", "1m", "--at", "2199-12-31T23:00:00Z"},
            {"--zone", "UTC", "--in", "1m"},
            {}
        };
        for (String[] options : wrong) {
            String[] all = new String[options.length + 5];
            System.arraycopy(new String[] {"later", "agent-a", "look", "--store", store}, 0, all, 0, 5);
            System.arraycopy(options, 0, all, 5, options.length);
            Cmd.run(all).failsWith(ExitCode.INVALID, options.length == 0 ? "--in" : options[0].substring(2));
        }
    }
}
