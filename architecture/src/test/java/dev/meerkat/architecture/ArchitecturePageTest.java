package dev.meerkat.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitecturePageTest {
    private static final Pattern NAME = Pattern.compile("`([A-Z][a-z]\\w+)(?:\\.\\w+)?`");

    @ParameterizedTest
    @ValueSource(strings = {"architecture.md", "concurrency.md"})
    void everyClassThatAPageNamesIsThere(String page) throws IOException {
        String text = Files.readString(Path.of("..", "docs", page));
        Set<String> named = NAME.matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).isNotEmpty();

        named.removeAll(
                Code.classes().stream().map(type -> type.getSimpleName()).collect(Collectors.toSet()));
        named.removeIf(ArchitecturePageTest::isOfTheJdk);
        assertThat(named).isEmpty();
    }

    @Test
    void everyModuleIsInThePicture() throws IOException {
        String text = Files.readString(Path.of("..", "docs", "architecture.md"));
        assertThat(Code.modules().stream()
                        .map(module -> module.getFileName().toString().replace("meerkat-", ""))
                        .filter(module -> !text.contains(module)))
                .isEmpty();
    }

    private static boolean isOfTheJdk(String name) {
        return Stream.of("java.lang.").anyMatch(of -> {
            try {
                Class.forName(of + name);
                return true;
            } catch (ClassNotFoundException e) {
                return false;
            }
        });
    }
}
