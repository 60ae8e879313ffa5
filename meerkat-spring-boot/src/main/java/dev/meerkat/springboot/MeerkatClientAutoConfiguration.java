package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.RestConnector;
import dev.meerkat.springboot.MeerkatProperties.Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.context.annotation.Bean;

/**
 * Opens a {@link Meerkat} on a remote server if {@code meerkat.server.url} is set, or if there is a bean of type {@link
 * MeerkatConnectionDetails} or {@link RestConnector}.
 */
@AutoConfiguration
@ConditionalOnClass(MeerkatClient.class)
@ConditionalOnMissingBean(Meerkat.class)
@EnableConfigurationProperties(MeerkatProperties.class)
public final class MeerkatClientAutoConfiguration {
    private static final long MOST_BYTES = 64 << 10;

    MeerkatClientAutoConfiguration() {}

    @Bean
    @ConditionalOnProperty("meerkat.server.url")
    @ConditionalOnMissingBean({MeerkatConnectionDetails.class, RestConnector.class})
    MeerkatConnectionDetails meerkatConnectionDetails(MeerkatProperties properties) {
        Server server = properties.server();
        MutuallyExclusiveConfigurationPropertiesException.throwIfMultipleNonNullValuesIn(entries -> {
            entries.put("meerkat.server.url", server.url());
            entries.put("meerkat.store.file", properties.store().file());
            entries.put("meerkat.store.type", properties.store().type());
        });
        MutuallyExclusiveConfigurationPropertiesException.throwIfMultipleNonNullValuesIn(entries -> {
            entries.put("meerkat.server.token", server.token());
            entries.put("meerkat.server.token-file", server.tokenFile());
        });
        return new FromProperties(Objects.requireNonNull(server.url()), token(server));
    }

    private record FromProperties(URI url, @Nullable String token) implements MeerkatConnectionDetails {
        /** Without the token. */
        @Override
        public String toString() {
            return "FromProperties[url=" + url + "]";
        }
    }

    @Bean
    @ConditionalOnBean(MeerkatConnectionDetails.class)
    @ConditionalOnMissingBean
    RestConnector meerkatConnector(MeerkatConnectionDetails server) {
        RestConnector connector = MeerkatClient.rest(server.url());
        String token = server.token();
        return token == null ? connector : connector.bearer(token);
    }

    @Bean
    @ConditionalOnBean(RestConnector.class)
    RemoteMeerkat meerkat(RestConnector connector) throws InterruptedException {
        return connector.open();
    }

    /** A token that is set to nothing is a mistake, such as a look-up that failed; it is refused here, not by the server. */
    private static @Nullable String token(Server server) {
        Path file = server.tokenFile();
        if (file != null) {
            return checked("meerkat.server.token-file", file, read(file));
        }
        String token = server.token();
        return token == null ? null : checked("meerkat.server.token", "(secret)", token);
    }

    private static String checked(String property, Object value, String token) {
        if (token.isBlank()) {
            throw new InvalidConfigurationPropertyValueException(property, value, "must not be blank");
        }
        return token.strip();
    }

    private static String read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new InvalidConfigurationPropertyValueException(
                        "meerkat.server.token-file", file, "is too large for a token");
            }
            return Files.readString(file);
        } catch (IOException e) {
            var refusal = new InvalidConfigurationPropertyValueException(
                    "meerkat.server.token-file", file, "cannot be read as UTF-8 text: " + e);
            refusal.addSuppressed(e);
            throw refusal;
        }
    }
}
