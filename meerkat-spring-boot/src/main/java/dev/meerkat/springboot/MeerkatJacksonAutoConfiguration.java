package dev.meerkat.springboot;

import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.InputId;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import java.io.IOException;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/**
 * Has Jackson 3 and Jackson 2 write values in their own JSON form, see {@link HasJson}, ids as strings, and positions as
 * numbers. Boot adds the modules to its mappers of JSON.
 */
@AutoConfiguration
@ConditionalOnClass(HasJson.class)
public final class MeerkatJacksonAutoConfiguration {
    private static final List<Class<?>> IDS =
            List.of(EnvelopeId.class, InputId.class, PeerId.class, RequestId.class, SessionId.class, TurnId.class);

    MeerkatJacksonAutoConfiguration() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "tools.jackson.databind.json.JsonMapper")
    static class Jackson3Configuration {
        @Bean
        @ConditionalOnMissingBean(name = "meerkatJacksonModule")
        tools.jackson.databind.JacksonModule meerkatJacksonModule() {
            var module = new tools.jackson.databind.module.SimpleModule("meerkat");
            module.addSerializer(HasJson.class, new ValueSerializer<>() {
                @Override
                public void serialize(HasJson value, JsonGenerator generator, SerializationContext all) {
                    generator.writeRawValue(value.toJson().text());
                }
            });
            module.addSerializer(Cursor.class, new ValueSerializer<>() {
                @Override
                public void serialize(Cursor value, JsonGenerator generator, SerializationContext all) {
                    generator.writeNumber(value.sequence());
                }
            });
            IDS.forEach(id -> module.addSerializer(id, tools.jackson.databind.ser.std.ToStringSerializer.instance));
            return module;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "com.fasterxml.jackson.databind.ObjectMapper")
    static class Jackson2Configuration {
        @Bean
        @ConditionalOnMissingBean(name = "meerkatJackson2Module")
        com.fasterxml.jackson.databind.Module meerkatJackson2Module() {
            var module = new com.fasterxml.jackson.databind.module.SimpleModule("meerkat");
            module.addSerializer(HasJson.class, new JsonSerializer<>() {
                @Override
                public void serialize(
                        HasJson value, com.fasterxml.jackson.core.JsonGenerator generator, SerializerProvider all)
                        throws IOException {
                    generator.writeRawValue(value.toJson().text());
                }
            });
            module.addSerializer(Cursor.class, new JsonSerializer<>() {
                @Override
                public void serialize(
                        Cursor value, com.fasterxml.jackson.core.JsonGenerator generator, SerializerProvider all)
                        throws IOException {
                    generator.writeNumber(value.sequence());
                }
            });
            IDS.forEach(
                    id -> module.addSerializer(id, com.fasterxml.jackson.databind.ser.std.ToStringSerializer.instance));
            return module;
        }
    }
}
