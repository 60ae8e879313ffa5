package dev.meerkat.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The documents of the project and the sources of the examples, as text. */
final class Docs {
    private static final String BEGIN = "// snippet: ";
    private static final String END = "// end";
    private static final String FENCE = "```";

    private Docs() {}

    /** A block of Java in a document. */
    record Block(Path document, int line, String text) {
        @Override
        public String toString() {
            return document.getFileName() + ":" + line;
        }
    }

    /** The root of the project: the nearest directory above that has the README of it all. */
    static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("README.md")) || !Files.exists(directory.resolve("docs"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException(
                        "no README.md and docs above " + Path.of("").toAbsolutePath());
            }
        }
        return directory;
    }

    /** All documents: those at the root, and those in docs. */
    static List<Path> documents() {
        return Stream.of(root(), root().resolve("docs"))
                .flatMap(directory -> files(directory, 1, ".md").stream())
                .toList();
    }

    static List<Block> javaBlocks() {
        List<Block> blocks = new ArrayList<>();
        for (Path document : documents()) {
            List<String> lines = lines(document);
            int start = -1;
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).strip();
                if (start < 0 && line.equals(FENCE + "java")) {
                    start = i + 1;
                } else if (start >= 0 && line.equals(FENCE)) {
                    blocks.add(new Block(document, start, dedent(lines.subList(start, i))));
                    start = -1;
                }
            }
            if (start >= 0) {
                throw new IllegalStateException(document + " does not end its block of line " + start);
            }
        }
        return blocks;
    }

    /** A marked part of a source. */
    record Region(Path source, String text) {
        /** The imports of its source that it needs, and does not show itself. */
        List<String> imports() {
            return lines(source).stream()
                    .filter(line -> line.startsWith("import ") && !text.contains(line))
                    .filter(line -> uses(line.substring(line.lastIndexOf('.') + 1, line.length() - 1)))
                    .toList();
        }

        private boolean uses(String name) {
            return name.equals("*")
                    || Pattern.compile("\\b" + name + "\\b").matcher(text).find();
        }
    }

    /** What a document lists under the heading "Imports". */
    static List<String> imports(Path document) {
        List<String> lines = lines(document);
        return lines.stream()
                .dropWhile(line -> !line.equals("## Imports"))
                .filter(line -> line.startsWith("import "))
                .toList();
    }

    /** The marked regions of the sources by name, each at the same place only once. */
    static Map<String, Region> regions() {
        Map<String, Region> regions = new LinkedHashMap<>();
        List<Path> sources = Stream.of("examples/src", "examples/spring-boot/src")
                .flatMap(directory -> files(root().resolve(directory), 20, ".java").stream())
                .toList();
        for (Path source : sources) {
            List<String> lines = lines(source);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).strip();
                if (line.startsWith(BEGIN)) {
                    String name = line.substring(BEGIN.length());
                    int end = end(source, lines, i);
                    if (regions.put(name, new Region(source, dedent(lines.subList(i + 1, end)))) != null) {
                        throw new IllegalStateException("two snippets are named " + name);
                    }
                }
            }
        }
        return regions;
    }

    private static int end(Path source, List<String> lines, int from) {
        for (int i = from + 1; i < lines.size(); i++) {
            if (lines.get(i).strip().equals(END)) {
                return i;
            }
        }
        throw new IllegalStateException(source + " does not end its snippet of line " + (from + 1));
    }

    /** Without the indentation that all lines share, and without trailing white space. */
    static String dedent(List<String> lines) {
        int indent = lines.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElse(0);
        return lines.stream()
                .map(line -> line.isBlank() ? "" : line.substring(indent).stripTrailing())
                .collect(Collectors.joining("\n"))
                .strip();
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static List<Path> files(Path directory, int depth, String suffix) {
        try (Stream<Path> found = Files.walk(directory, depth)) {
            return found.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
    }
}
