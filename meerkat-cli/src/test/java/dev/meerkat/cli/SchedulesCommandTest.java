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
        Cmd.run("send", "agent-a", "look", "--kind", "input", "--time-to-live", "1h", option, where)
                .ok();
        Cmd.run("event", "agent-a", "alert", "--time-to-live", "PT2H", option, where)
                .ok();
        assertThat(Cmd.run("tail", "agent-a", "--from", "0", "--json", option, where)
                        .ok()
                        .out())
                .contains("\"time_to_live\":\"PT1H\"", "\"time_to_live\":\"PT2H\"");
        Cmd.run("create", "--comms-name", "agent-b", "--turn-length", "2m", option, where)
                .ok();
    }

    @Test
    void limitsAreNamedInTheUnitsOfTheCommand() {
        Cmd.run("later", "agent-a", "look", "--in", "999999d", "--store", store)
                .failsWith(ExitCode.INVALID, "--in", "999999d", "from 0s to 3660d");
        Cmd.run("send", "agent-a", "look", "--kind", "input", "--time-to-live", "0s", "--store", store)
                .failsWith(ExitCode.INVALID, "time_to_live", "PT0S");
        Cmd.run("later", "agent-a", "look", "--cron", "@daily", "--misfire", "often", "--store", store)
                .failsWith(ExitCode.INVALID, "--misfire", "often", "fire_once or skip");
        Cmd.run("send", "agent-a", "--kind", "peer_lifecycle", "--time-to-live", "1m", "--store", store)
                .failsWith(ExitCode.INVALID, "--time-to-live", "peer_lifecycle");
    }

    @Test
    void aSessionWithTooManySchedulesSaysWhatToDo() {
        for (int i = 0; i < 100; i++) {
            Cmd.run("later", "agent-a", "look", "--in", "1d", "--store", store).ok();
        }
        Cmd.run("later", "agent-a", "look", "--in", "1d", "--store", store)
                .failsWith(ExitCode.NOT_DONE, "[too_many_schedules]", "meerkat schedules SESSION", "--cancel ID");
    }

    @Test
    void aStoreThatIsNotThereSaysWhatMakesIt() {
        Cmd.run("schedules", "agent-a", "--store", directory.resolve("none.db").toString())
                .failsWith(ExitCode.INVALID, "--store", "none.db", "does not exist", "meerkat serve");
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
            {"--time-to-live", "soon", "--in", "1m"},
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
