package dev.meerkat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that name tests as proof name tests that are there. */
class NamedTestsTest {
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|Contract|Chapter))(?:\\.(\\w+))?`");

    @ParameterizedTest
    @ValueSource(strings = {"servers.md", "guarantees.md"})
    void theTestsThatAPageNamesAreThere(String page) throws IOException {
        Map<String, List<Path>> tests = tests();
        Set<String> missing = new TreeSet<>();
        Matcher named = NAMED.matcher(
                String.join("\n", Docs.lines(Docs.root().resolve("docs").resolve(page))));
        int names = 0;
        while (named.find()) {
            names++;
            String text = named.group(2) == null ? "class " + named.group(1) : named.group(2) + "(";
            if (tests.getOrDefault(named.group(1) + ".java", List.of()).stream().noneMatch(file -> has(file, text))) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(names).isPositive();
    }

    private static boolean has(Path file, String text) {
        return Docs.lines(file).stream().anyMatch(line -> (" " + line).contains(" " + text));
    }

    /** By the names of their files. Only sources are looked through: other modules may be building beside this one. */
    private static Map<String, List<Path>> tests() throws IOException {
        List<Path> sources;
        try (Stream<Path> modules = Files.list(Docs.root())) {
            sources = modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .toList();
        }
        Map<String, List<Path>> tests = new HashMap<>();
        for (Path source : sources) {
            try (Stream<Path> files = Files.walk(source)) {
                files.filter(file -> file.toString().matches(".*(Test|Contract|Chapter)\\.java"))
                        .forEach(
                                file -> tests.computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>())
                                        .add(file));
            }
        }
        return tests;
    }
}
