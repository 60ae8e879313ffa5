package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.testkit.Samples;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jackson2.autoconfigure.Jackson2AutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.json.JsonMapper;

/** How the mappers of Boot write values. */
@SuppressWarnings("removal")
class MeerkatJacksonTest {
    private record Answer(String title, SessionId session, Cursor position, List<? extends HasJson> rows) {}

    private static final SessionId ID = SessionId.of("01a22cc8-69bf-7000-a843-228baaa87706");

    private static final List<HasJson> VALUES = List.of(
            Samples.inputAccepted(),
            Samples.accepted(),
            Samples.refused(),
            Samples.peer("agent-a"),
            new TurnOutcome.Completed(new TurnId(ID.value()), "done"),
            new SessionEvent.Lifecycle(new Cursor(1), Instant.EPOCH, SessionEvent.Lifecycle.Phase.CREATED),
            new HistoryPage(List.of(), 3, 5),
            Json.parse("{\"n\":1.00000000000000000001}"));

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    MeerkatJacksonAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    Jackson2AutoConfiguration.class));

    private static Answer answer() {
        return new Answer("all", ID, new Cursor(7), VALUES);
    }

    private static String expected() {
        StringBuilder rows = new StringBuilder();
        VALUES.forEach(value ->
                rows.append(rows.isEmpty() ? "" : ",").append(value.toJson().text()));
        return "{\"title\":\"all\",\"session\":\"" + ID + "\",\"position\":7,\"rows\":[" + rows + "]}";
    }

    @Test
    void jackson3WritesEveryValueInItsOwnForm() {
        runner.run(context -> {
            JsonMapper mapper = context.getBean(JsonMapper.class);
            assertThat(mapper.writeValueAsString(answer())).contains("1.00000000000000000001");
            assertThat(Json.parse(mapper.writeValueAsString(answer()))).isEqualTo(Json.parse(expected()));
            InputId input = new InputId(ID.value());
            assertThat(mapper.writeValueAsString(Map.of("input", input))).isEqualTo("{\"input\":\"" + ID + "\"}");
        });
    }

    @Test
    void jackson2WritesEveryValueInItsOwnForm() {
        runner.run(context -> assertThat(
                        Json.parse(context.getBean(ObjectMapper.class).writeValueAsString(answer())))
                .isEqualTo(Json.parse(expected())));
    }

    @Test
    void eachIsThereWithoutTheOther() {
        runner.withClassLoader(new FilteredClassLoader("com.fasterxml.jackson.databind"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasBean("meerkatJacksonModule")
                        .doesNotHaveBean("meerkatJackson2Module"));
        runner.withClassLoader(new FilteredClassLoader("tools.jackson"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasBean("meerkatJackson2Module")
                        .doesNotHaveBean("meerkatJacksonModule"));
    }
}
