package dev.meerkat.wire.internal.form;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.HasJson;
import dev.meerkat.api.InvalidFieldException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A refusal names the component of Java that it is about, as {@link InvalidFieldException} promises. */
class FieldNamesTest {
    /** The text of a prompt is the prompt, for those who give a text alone. */
    private static final Set<String> BY_ANOTHER_NAME = Set.of("Prompt.text is called prompt");

    @Test
    void aMissingPartIsNamedAfterItsComponent() throws ReflectiveOperationException {
        Set<String> named = new TreeSet<>();
        Set<String> others = new TreeSet<>();
        for (HasJson value : Samples.all()) {
            for (RecordComponent part : value.getClass().getRecordComponents()) {
                Optional<String> field = refusedWithout(value, part);
                String component = value.getClass().getSimpleName() + "." + part.getName();
                field.ifPresent(name -> (names(name, part) ? named : others).add(component + " is called " + name));
            }
        }

        assertThat(others).isEqualTo(BY_ANOTHER_NAME);
        assertThat(named).hasSizeGreaterThan(50);
    }

    private static boolean names(String field, RecordComponent part) {
        String last = field.substring(field.lastIndexOf('.') + 1);
        return last.equals(words(part.getName()))
                || last.equals(words(part.getType().getSimpleName()));
    }

    private static String words(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** The field that is named if a component is null; empty if the record does not say. */
    private static Optional<String> refusedWithout(HasJson value, RecordComponent missing)
            throws ReflectiveOperationException {
        RecordComponent[] all = value.getClass().getRecordComponents();
        Object[] parts = new Object[all.length];
        for (int i = 0; i < all.length; i++) {
            parts[i] = all[i].getName().equals(missing.getName())
                    ? null
                    : all[i].getAccessor().invoke(value);
        }
        if (missing.getType().isPrimitive()) {
            return Optional.empty();
        }
        Class<?>[] types = Arrays.stream(all).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            value.getClass().getDeclaredConstructor(types).newInstance(parts);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.of(e.getCause())
                    .filter(InvalidFieldException.class::isInstance)
                    .map(refused -> ((InvalidFieldException) refused).field());
        }
    }
}
