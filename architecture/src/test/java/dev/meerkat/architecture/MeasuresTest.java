package dev.meerkat.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * What the code measures. Each figure has a bound, which is what it is now: who makes it smaller lowers the bound, and
 * nobody makes it larger by accident. {@code .ci/house} prints the figures.
 */
class MeasuresTest {
    /** Simple names that more than one class has. */
    private static final int SHARED_NAMES = 0;
    /** Sets of more than three classes that all need each other. */
    private static final int CYCLES = 0;
    /** Places outside the wire that ask which contract line it is. */
    private static final int LINE_QUESTIONS = 0;
    /** Places that read a message that is meant for people; cutting off a long one is no reading. */
    private static final int PARSED_MESSAGES = 0;
    /** Files that name one kind of command; the chapters of the test kit are tests of it. */
    private static final int FILES_OF_A_KIND = 9;

    private static final Pattern LINE_QUESTION =
            Pattern.compile("[!=]= ContractLine\\.V|ContractLine\\.V\\w+ [!=]=|[!=]= V0_|case V0_|minor\\(\\) [<>!=]");
    private static final Pattern PARSED_MESSAGE = Pattern.compile("[mM]essage(\\(\\))?\\s*\\."
            + "(contains|startsWith|endsWith|substring(?!\\(0,)|indexOf|matches|split)\\(|matcher\\([^;]*[mM]essage");
    private static final List<String> FIRST_MODULES = List.of(
            "meerkat-api",
            "meerkat-wire",
            "meerkat-core",
            "meerkat-store-sqlite",
            "meerkat-client",
            "meerkat-server",
            "meerkat-cli");

    private static final StringBuilder REPORT = new StringBuilder();

    @AfterAll
    static void print() {
        System.out.println(REPORT);
    }

    @Test
    void lines() {
        Map<String, Long> lines = new TreeMap<>();
        Code.modules()
                .forEach(module -> lines.put(
                        module.getFileName().toString(),
                        Code.sources(module).values().stream()
                                .mapToLong(text -> text.lines().count())
                                .sum()));
        long first = lines.entrySet().stream()
                .filter(module -> FIRST_MODULES.contains(module.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        report("main lines of api, wire, core, SQLite store, client, server and CLI", first, lines.toString());
        assertThat(first).isPositive();
    }

    @Test
    void namesHaveOneMeaning() {
        Map<String, Set<String>> meanings = new TreeMap<>();
        Code.classes().stream()
                .map(Code::topLevel)
                .filter(name -> !name.endsWith("package-info") && !name.endsWith("module-info"))
                .forEach(name -> meanings.computeIfAbsent(
                                name.substring(name.lastIndexOf('.') + 1), simple -> new TreeSet<>())
                        .add(name));
        List<String> shared = meanings.values().stream()
                .filter(names -> names.size() > 1)
                .map(Set::toString)
                .toList();
        bounded("simple names with more than one meaning", shared, SHARED_NAMES);
    }

    @Test
    void classesCanBeReadOneByOne() {
        List<String> large = Code.cycles().stream()
                .filter(cycle -> cycle.size() > 3)
                .map(cycle -> cycle.size() + " classes: " + cycle)
                .toList();
        bounded("cycles of more than three classes", large, CYCLES);
    }

    @Test
    void onlyTheWireAsksWhichContractLineItIs() {
        List<String> questions = found(LINE_QUESTION, path -> !path.toString().contains("meerkat-wire"));
        bounded("questions for the contract line outside the wire", questions, LINE_QUESTIONS);
    }

    @Test
    void nothingReadsMessagesForPeople() {
        List<String> parsed = found(
                PARSED_MESSAGE,
                path -> !path.toString().contains("meerkat-testkit")
                        // Other servers and libraries tell some things in their messages only.
                        && !path.endsWith("ForeignServerQuirks.java")
                        && !path.startsWith("meerkat-spring-ai"));
        bounded("messages parsed", parsed, PARSED_MESSAGES);
    }

    @Test
    void aKindOfCommandStandsInFewFiles() {
        Set<String> files =
                found(Pattern.compile("\\bPeerLifecycle\\b"), path -> !path.startsWith("meerkat-testkit")).stream()
                        .map(place -> place.substring(0, place.indexOf(':')))
                        .collect(Collectors.toCollection(TreeSet::new));
        bounded("main files that name the command kind PeerLifecycle", List.copyOf(files), FILES_OF_A_KIND);
    }

    private static List<String> found(Pattern pattern, Predicate<Path> where) {
        List<String> places = new ArrayList<>();
        Code.sources().forEach((path, text) -> {
            if (where.test(path)) {
                int number = 0;
                for (String line : text.lines().toList()) {
                    number++;
                    if (pattern.matcher(line).find() && !line.strip().startsWith("*") && !line.startsWith("import ")) {
                        places.add(path + ":" + number + " " + line.strip());
                    }
                }
            }
        });
        return places;
    }

    private static void bounded(String what, List<String> found, int bound) {
        report(what, found.size(), String.join("\n    ", found));
        assertThat(found).as(what).hasSizeLessThanOrEqualTo(bound);
    }

    private static void report(String what, long figure, String detail) {
        REPORT.append(String.format("%6d  %s%n", figure, what));
        if (Boolean.getBoolean("meerkat.measures.detail")) {
            REPORT.append("    ").append(detail).append(System.lineSeparator());
        }
    }
}
