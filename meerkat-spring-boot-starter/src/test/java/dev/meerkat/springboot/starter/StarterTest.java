package dev.meerkat.springboot.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.agent.Agent;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

/** An application that has nothing but the starter: no web server, no health, no JSON mapper, no client. */
class StarterTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Agent agent() {
            return turn -> "answer";
        }
    }

    @Test
    void theStarterAloneIsEnough(@TempDir Path directory) throws Exception {
        for (String absent : new String[] {
            "org.springframework.boot.health.contributor.HealthIndicator",
            "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
            "org.springframework.web.servlet.DispatcherServlet",
            "org.springframework.boot.web.server.context.WebServerApplicationContext",
            "tools.jackson.databind.json.JsonMapper",
            "dev.meerkat.client.MeerkatClient"
        }) {
            assertThat(ClassUtils.isPresent(absent, null)).as(absent).isFalse();
        }
        try (ConfigurableApplicationContext context = SpringApplication.run(
                Application.class, "--meerkat.store.file=" + directory.resolve("m.db"), "--logging.level.root=OFF")) {
            TurnOutcome outcome = context.getBean(Meerkat.class)
                    .create(SessionSpec.ofPrompt("hello"))
                    .initialTurn()
                    .orElseThrow()
                    .await(Duration.ofSeconds(30))
                    .orElseThrow();
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            TurnOutcome.Completed.class,
                            completed -> assertThat(completed.text()).isEqualTo("answer"));
        }
        assertThat(directory.resolve("m.db")).exists();
    }
}
