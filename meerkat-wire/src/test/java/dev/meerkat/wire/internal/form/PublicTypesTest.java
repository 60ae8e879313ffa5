package dev.meerkat.wire.internal.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.HasJson;
import dev.meerkat.api.Lane;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import java.io.IOException;
import java.lang.module.ModuleReader;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a plain Jackson makes of every public type of the API: all of a value, or a refusal; never a part of it. */
class PublicTypesTest {
    private final ObjectMapper plain = new ObjectMapper();

    /** All public types of the package, with those within them. */
    private static List<Class<?>> types() throws IOException {
        String module = HasJson.class.getModule().getName();
        List<Class<?>> types = new ArrayList<>();
        try (ModuleReader reader = ModuleLayer.boot()
                        .configuration()
                        .findModule(module)
                        .orElseThrow()
                        .reference()
                        .open();
                Stream<String> names = reader.list()) {
            names.filter(name -> name.matches("dev/meerkat/api/\\w+(\\$\\w+)*\\.class"))
                    .filter(name -> !name.contains("package-info"))
                    .map(name -> name.replace('/', '.').replace(".class", ""))
                    .map(PublicTypesTest::load)
                    .filter(PublicTypesTest::isPublic)
                    .forEach(types::add);
        }
        return types;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, HasJson.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> around = type.getDeclaringClass();
        return Modifier.isPublic(type.getModifiers()) && (around == null || isPublic(around));
    }

    private List<BeanPropertyDefinition> properties(Class<?> type) {
        BeanDescription bean = plain.getSerializationConfig().introspect(plain.constructType(type));
        return bean.findProperties().stream()
                .filter(BeanPropertyDefinition::couldSerialize)
                .toList();
    }

    @Test
    void valuesAreWrittenWholeAndHandlesNotAtAll() throws IOException {
        List<Class<?>> types = types();
        assertThat(types)
                .contains(SessionSpec.class, EventOutcome.Refused.class)
                .hasSizeGreaterThan(100);
        for (Class<?> type : types) {
            if (type.isRecord()) {
                assertThat(properties(type))
                        .as("properties of %s", type)
                        .extracting(BeanPropertyDefinition::getName)
                        .isNotEmpty()
                        .containsAll(Arrays.stream(type.getRecordComponents())
                                .map(RecordComponent::getName)
                                .toList());
            } else if (!type.isEnum()
                    && !type.isSealed()
                    && !Throwable.class.isAssignableFrom(type)
                    && !HasJson.class.isAssignableFrom(type)) {
                assertThat(properties(type)).as("properties of %s", type).isEmpty();
            }
        }
    }

    @Test
    void noValueHoldsAnExceptionWhoseStackTraceWouldBeWritten() throws IOException {
        for (Class<?> type : types()) {
            if (!Throwable.class.isAssignableFrom(type)) {
                assertThat(properties(type))
                        .as("properties of %s", type)
                        .noneMatch(property -> Throwable.class.isAssignableFrom(property.getRawPrimaryType()));
            }
        }
    }

    @Test
    void aSpecIsRefusedAndNotWrittenInPart() {
        assertThatThrownBy(() -> plain.writeValueAsString(SessionSpec.ofPrompt("Hello.")))
                .isInstanceOf(JsonMappingException.class)
                .hasMessageContaining("No serializer found for class " + SessionSpec.class.getName());
    }

    @Test
    void aRefusalTellsTheLaneAndTheWaitAndIsTheExceptionAgain() {
        LaneFullException full = new LaneFullException(
                SessionId.of("01900000-0000-7000-8000-000000000001"),
                Lane.EXTERNAL,
                "10 inputs",
                Duration.ofMillis(250));
        EventOutcome.Refused refused = new EventOutcome.Refused(full);

        assertThat(refused).isEqualTo(new EventOutcome.Refused(full));
        assertThat(refused.reason())
                .hasMessage(full.getMessage())
                .satisfies(again -> assertThat(again.code()).isEqualTo(full.code()))
                .satisfies(again -> assertThat(again.lane()).isEqualTo(Lane.EXTERNAL))
                .satisfies(again -> assertThat(again.retryAfter()).isEqualTo(Duration.ofMillis(250)));
        assertThat(refused.toJson().text()).contains("\"refused\"", "250").doesNotContain("stack");
    }
}
