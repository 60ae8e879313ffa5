package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Calls methods with {@link MeerkatListener}. */
@AutoConfiguration(after = MeerkatAutoConfiguration.class)
@ConditionalOnSingleCandidate(Meerkat.class)
public final class MeerkatListenerAutoConfiguration {
    MeerkatListenerAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ListenerMethods meerkatListenerMethods(
            ConfigurableListableBeanFactory beans, Meerkat meerkat, Environment environment) {
        return new ListenerMethods(beans, meerkat, OwnThreads.named("meerkat-listener-", environment));
    }
}
