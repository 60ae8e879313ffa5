package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;

/** Which bean answers which session. */
class AgentBeansTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(MeerkatAutoConfiguration.class, MeerkatClientAutoConfiguration.class));

    @Configuration(proxyBeanMethods = false)
    static class OneAgent {
        @Bean
        Agent agent() {
            return turn -> "the one";
        }
    }

    @MeerkatAgent(name = {"build-*", "ci"})
    static class Builder implements Agent {
        @Override
        public String answer(TurnContext turn) {
            return "builder";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Kinds {
        @Bean
        Builder builder() {
            return new Builder();
        }

        @Bean
        @MeerkatAgent(label = "role=triage")
        Agent triage() {
            return turn -> "triage";
        }

        @Bean
        @Order(1)
        @MeerkatAgent(name = "build-first")
        Agent first() {
            return turn -> "first";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Second {
        @Bean
        Agent second() {
            return turn -> "second";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Preferred {
        @Bean
        @Primary
        Agent preferred() {
            return turn -> "preferred";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithoutSessions {
        @Bean
        @MeerkatAgent
        Agent nobodys() {
            return turn -> "never";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WrongLabel {
        @Bean
        @MeerkatAgent(label = "triage")
        Agent mislabelled() {
            return turn -> "never";
        }
    }

    @Test
    void oneAgentAnswersAllSessions() {
        runner.withUserConfiguration(OneAgent.class)
                .run(context -> assertThat(Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello")))
                        .isEqualTo("the one"));
    }

    @Test
    void agentsWithTheAnnotationAnswerTheirSessionsAndTheOtherAllOthers() {
        runner.withUserConfiguration(OneAgent.class, Kinds.class).run(context -> {
            Meerkat meerkat = context.getBean(Meerkat.class);
            SessionSpec spec = SessionSpec.ofPrompt("hello");
            assertThat(Sessions.ask(meerkat, spec.withKeepAliveAs("build-17"))).isEqualTo("builder");
            assertThat(Sessions.ask(meerkat, spec.withKeepAliveAs("ci"))).isEqualTo("builder");
            assertThat(Sessions.ask(meerkat, spec.withLabels(Map.of("role", "triage"))))
                    .isEqualTo("triage");
            assertThat(Sessions.ask(meerkat, spec.withKeepAliveAs("else"))).isEqualTo("the one");
        });
    }

    @Test
    void theOrderOfBeansSaysWhichOfTwoThatFitAnswers() {
        runner.withUserConfiguration(Kinds.class)
                .run(context -> assertThat(Sessions.ask(
                                context.getBean(Meerkat.class),
                                SessionSpec.ofPrompt("hello").withKeepAliveAs("build-first")))
                        .isEqualTo("first"));
    }

    @Test
    void aSessionThatNoAgentIsForFailsByName() {
        runner.withUserConfiguration(Kinds.class)
                .run(context -> assertThat(Sessions.first(
                                context.getBean(Meerkat.class),
                                SessionSpec.ofPrompt("hello").withKeepAliveAs("else")))
                        .isInstanceOfSatisfying(
                                TurnOutcome.Failed.class,
                                failed -> assertThat(failed.code()).isEqualTo("no_agent")));
    }

    @Test
    void anAgentForAllSessionsIsThePrimaryOne() {
        runner.withUserConfiguration(OneAgent.class, Preferred.class, Kinds.class)
                .run(context -> assertThat(Sessions.ask(context.getBean(Meerkat.class), SessionSpec.ofPrompt("hello")))
                        .isEqualTo("preferred"));
    }

    @Test
    void twoAgentsForAllSessionsAreRefusedByTheNamesOfTheirBeans() {
        runner.withUserConfiguration(OneAgent.class, Second.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("[agent, second]")
                        .hasMessageContaining("@MeerkatAgent"));
    }

    @Test
    void noAgentIsRefusedWithWhatToDo() {
        runner.run(context -> assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessageContaining("dev.meerkat.core.agent.Agent")
                .hasMessageContaining("meerkat.server.url"));
    }

    @Test
    void anAnnotationThatFitsNoSessionIsRefusedByTheNameOfItsBean() {
        runner.withUserConfiguration(WithoutSessions.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessage("@MeerkatAgent of bean nobodys has neither name nor label"));
        runner.withUserConfiguration(WrongLabel.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("mislabelled")
                        .hasMessageContaining("\"triage\""));
    }
}
