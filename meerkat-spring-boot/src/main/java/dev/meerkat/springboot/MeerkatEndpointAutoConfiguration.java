package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** Adds the endpoint {@code meerkat}, where it is exposed. */
@AutoConfiguration(after = MeerkatAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(MeerkatEndpoint.class)
public final class MeerkatEndpointAutoConfiguration {
    MeerkatEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnSingleCandidate(Meerkat.class)
    @ConditionalOnMissingBean
    MeerkatEndpoint meerkatEndpoint(Meerkat meerkat) {
        return new MeerkatEndpoint(meerkat);
    }
}
