package dev.meerkat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the documents show is what this module compiles and runs, and what they link to is there. */
class SnippetsTest {
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");

    @TestFactory
    Stream<DynamicTest> everyJavaBlockIsARegionOfACompiledSource() {
        Set<String> regions = texts();
        List<Docs.Block> blocks = Docs.javaBlocks();
        assertThat(blocks).hasSizeGreaterThan(10);
        return blocks.stream()
                .map(block -> DynamicTest.dynamicTest(
                        block.toString(), () -> assertThat(regions).contains(block.text())));
    }

    @Test
    void everyRegionIsShownSomewhere() {
        Set<String> shown = Docs.javaBlocks().stream().map(Docs.Block::text).collect(Collectors.toSet());
        assertThat(Docs.regions())
                .allSatisfy((name, region) -> assertThat(shown).as(name).contains(region.text()));
    }

    private static Set<String> texts() {
        return Docs.regions().values().stream().map(Docs.Region::text).collect(Collectors.toSet());
    }

    @TestFactory
    Stream<DynamicTest> everyPageListsTheImportsThatItsJavaNeeds() {
        return Docs.documents().stream()
                .map(page -> DynamicTest.dynamicTest(page.getFileName().toString(), () -> {
                    List<String> listed = Docs.imports(page);
                    Set<String> needed = needed(page);
                    assertThat(needed).allSatisfy(line -> assertThat(listed).anyMatch(given -> covers(given, line)));
                    assertThat(listed).allSatisfy(given -> assertThat(needed).anyMatch(line -> covers(given, line)));
                }));
    }

    private static Set<String> needed(Path page) {
        List<String> shown = Docs.javaBlocks().stream()
                .filter(block -> block.document().equals(page))
                .map(Docs.Block::text)
                .toList();
        return Docs.regions().values().stream()
                .filter(region -> shown.contains(region.text()))
                .flatMap(region -> region.imports().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether an import is another one, or all of its package or class. */
    private static boolean covers(String given, String line) {
        return given.equals(line) || given.equals(line.substring(0, line.lastIndexOf('.')) + ".*;");
    }

    @Test
    void everyRelativeLinkLeadsSomewhere() {
        for (Path document : Docs.documents()) {
            for (String line : Docs.lines(document)) {
                Matcher link = LINK.matcher(line);
                while (link.find()) {
                    if (!link.group(1).contains("://")) {
                        checkLink(document, link.group(1));
                    }
                }
            }
        }
    }

    private static void checkLink(Path document, String target) {
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path linked = file.isEmpty() ? document : document.resolveSibling(file).normalize();
        assertThat(Files.exists(linked)).as(document + " links to " + target).isTrue();
        if (hash >= 0) {
            assertThat(Docs.lines(linked).stream()
                            .filter(line -> line.startsWith("#"))
                            .map(SnippetsTest::anchor))
                    .as(document + " links to " + target)
                    .contains(target.substring(hash + 1));
        }
    }

    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{Alnum} _-]", "")
                .replace(' ', '-');
    }

    @Test
    void aRegionLosesOnlyTheIndentationThatItsLinesShare() {
        assertThat(Docs.dedent(List.of("    a(", "        b);", "", "    c();  ")))
                .isEqualTo("a(\n    b);\n\nc();");
    }
}
