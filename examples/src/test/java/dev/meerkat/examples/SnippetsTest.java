package dev.meerkat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
        Map<String, String> regions = Docs.regions();
        List<Docs.Block> blocks = Docs.javaBlocks();
        assertThat(blocks).hasSizeGreaterThan(10);
        return blocks.stream()
                .map(block -> DynamicTest.dynamicTest(
                        block.toString(), () -> assertThat(regions.values()).contains(block.text())));
    }

    @Test
    void everyRegionIsShownSomewhere() {
        Set<String> shown = Docs.javaBlocks().stream().map(Docs.Block::text).collect(Collectors.toSet());
        assertThat(Docs.regions())
                .allSatisfy((name, text) -> assertThat(shown).as(name).contains(text));
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
