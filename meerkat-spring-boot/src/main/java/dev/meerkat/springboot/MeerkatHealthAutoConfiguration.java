package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.core.store.SessionStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Tells the health of {@link Meerkat} under the name {@code meerkat}. */
@AutoConfiguration(after = MeerkatAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("meerkat")
public final class MeerkatHealthAutoConfiguration {
    MeerkatHealthAutoConfiguration() {}

    @Bean
    @ConditionalOnSingleCandidate(Meerkat.class)
    @ConditionalOnMissingBean(name = "meerkatHealthIndicator")
    HealthIndicator meerkatHealthIndicator(Meerkat meerkat, ObjectProvider<SessionStore> store) {
        return new MeerkatHealthIndicator(meerkat, store.getIfUnique());
    }
}
