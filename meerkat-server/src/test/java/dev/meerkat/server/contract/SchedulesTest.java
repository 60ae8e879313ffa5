package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Timing;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Schedules at our own server: as plain REST, which other clients speak, beside what our client sees. */
@Timeout(60)
@SuppressWarnings("try") // closing may be interrupted
class SchedulesTest {
    private static final String HOST = "127.0.0.1";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Meerkat runtime = MeerkatRuntime.of(turn -> "ok").open();
    private Session session;
    private RunningServer server;
    private URI root;

    /** What came back. */
    private record Answered(int status, JsonNode body) {}

    @BeforeEach
    void serve() throws IOException, InterruptedException {
        session = runtime.create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        server = MeerkatServer.of(runtime).rest(HOST, 0).start();
        root = URI.create("http://" + HOST + ":" + server.addresses().get(0).getPort());
    }

    @AfterEach
    void close() {
        server.close();
        runtime.close();
    }

    private Answered ask(String verb, String path, String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                root.resolve("/sessions/" + session.id() + path).toURL().openConnection();
        connection.setRequestMethod(verb);
        connection.setReadTimeout(30_000);
        if (!body.isEmpty()) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
            }
        }
        int status = connection.getResponseCode();
        try (InputStream answer = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answered(status, JSON.readTree(answer.readAllBytes()));
        }
    }

    @Test
    void whatIsScheduledOverPlainRestIsListedAndTakenBackThere() throws Exception {
        Answered made = ask(
                "POST",
                "/schedules",
                "{'text':'Write the report.','cron':'0 9 * * MON-FRI','time_zone':'Europe/Helsinki','misfire':'skip',"
                        + "'end':'2199-12-31T00:00:00Z','key':'report','time_to_live':'PT1H'}");
        Answered again = ask(
                "POST",
                "/schedules",
                "{'text':'Write the report.','cron':'0 9 * * MON-FRI','time_zone':'Europe/Helsinki','misfire':'skip',"
                        + "'end':'2199-12-31T00:00:00Z','key':'report','time_to_live':'PT1H'}");
        Answered later = ask("POST", "/schedules", "{'text':'Look.','in':'P1D'}");

        assertThat(made.status()).isEqualTo(200);
        String id = made.body().at("/schedule/schedule_id").textValue();
        assertThat(again.body().at("/schedule/schedule_id").textValue()).isEqualTo(id);
        assertThat(made.body().path("session_id").textValue())
                .isEqualTo(session.id().toString());
        Answered listed = ask("GET", "/schedules", "");
        assertThat(listed.body().path("schedules").findValuesAsText("schedule_id"))
                .containsExactlyInAnyOrder(
                        id, later.body().at("/schedule/schedule_id").textValue());
        Schedule stored = session.schedules().stream()
                .filter(schedule -> schedule.id().equals(ScheduleId.of(id)))
                .findFirst()
                .orElseThrow();
        assertThat(stored.spec().timing()).isInstanceOfSatisfying(Timing.Cron.class, cron -> {
            assertThat(cron.zone()).isEqualTo(ZoneId.of("Europe/Helsinki"));
            assertThat(cron.misfire()).isEqualTo(Timing.Misfire.SKIP);
            assertThat(cron.end()).isPresent();
        });
        assertThat(stored.spec().input().timeToLive()).contains(Duration.ofHours(1));

        Answered cancelled = ask("DELETE", "/schedules/" + id, "");
        assertThat(cancelled.body().path("cancelled").booleanValue()).isTrue();
        assertThat(ask("DELETE", "/schedules/" + id, "")
                        .body()
                        .path("cancelled")
                        .booleanValue())
                .isFalse();
        assertThat(session.schedules()).hasSize(1);
    }

    @Test
    void ourClientAndPlainRestSeeTheSameSchedules() throws Exception {
        try (RemoteMeerkat client = MeerkatClient.rest(root).open()) {
            Session remote = client.open(session.id());
            Schedule made = remote.later(Duration.ofDays(1), CommsCommand.Input.of("Look."));
            String other = ask("POST", "/schedules", "{'text':'Sum up.','at':'2199-12-24T18:00:00Z'}")
                    .body()
                    .at("/schedule/schedule_id")
                    .textValue();

            List<String> plain =
                    ask("GET", "/schedules", "").body().path("schedules").findValuesAsText("schedule_id");
            assertThat(plain).containsExactly(made.id().toString(), other);
            assertThat(remote.schedules())
                    .extracting(schedule -> schedule.id().toString())
                    .isEqualTo(plain);
        }
    }

    @Test
    void whatIsWrongIsNamed() throws Exception {
        record Wrong(String body, String named) {}
        for (Wrong wrong : List.of(
                new Wrong("{'in':'P1D'}", "text"),
                new Wrong("{'text':'x'}", "in"),
                new Wrong("{'text':'x','in':'P1D','cron':'@daily'}", "in"),
                new Wrong("{'text':'x','in':'tomorrow'}", "tomorrow"),
                new Wrong("{'text':'x','in':'P99999D'}", "\"in\""),
                new Wrong("{'text':'x','in':'P1D','time_zone':'UTC'}", "time_zone"),
                new Wrong("{'text':'x','cron':'61 * * * *'}", "61"),
                new Wrong("{'text':'x','in':'P1D','sesion_id':'x'}", "sesion_id"))) {
            Answered refused = ask("POST", "/schedules", wrong.body());
            assertThat(refused.status()).as(wrong.body()).isIn(400, 422);
            assertThat(refused.body().toString()).as(wrong.body()).contains(wrong.named());
        }
        assertThat(ask("DELETE", "/schedules/nonsense", "").status()).isEqualTo(400);
        assertThat(session.schedules()).isEmpty();
    }
}
