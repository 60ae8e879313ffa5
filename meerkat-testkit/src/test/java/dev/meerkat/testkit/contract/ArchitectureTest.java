package dev.meerkat.testkit.contract;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.meerkat.api.Meerkat;
import dev.meerkat.core.MeerkatRuntime;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the code of every published module keeps to. */
class ArchitectureTest {
    private static final int MOST_LINES = 300;

    private static final JavaClasses CODE = code();

    private static JavaClasses code() {
        // Names of the JDK's classes are all that the rules need; resolving them takes most of the time.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .importUrls(List.of(
                        location(Meerkat.class), location(MeerkatRuntime.class), location(MeerkatFixture.class)));
    }

    @Test
    void whatVariesIsInjected() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(ForkJoinPool.class, "commonPool")
                .check(CODE);
    }

    @Test
    void nothingWaitsBySleeping() {
        noClasses()
                .should()
                .callMethodWhere(target(nameMatching("sleep")).and(target(owner(type(Thread.class)))))
                .check(CODE);
    }

    @Test
    void noStageRunsOnAPoolThatNobodyChose() {
        noClasses()
                .should()
                .callMethodWhere(target(owner(type(CompletableFuture.class)))
                        .and(target(nameMatching(".*Async")))
                        .and(DescribedPredicate.not(target(rawParameterTypes(lastIs(Executor.class))))))
                .check(CODE);
    }

    @Test
    void theApiDependsOnNothing() {
        classes()
                .that()
                .resideInAPackage("dev.meerkat.api..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage("dev.meerkat.api..", "java..", "org.jspecify.annotations.."))
                .check(CODE);
    }

    @Test
    void theCoreDependsOnNoAdapter() {
        noClasses()
                .that()
                .resideInAPackage("dev.meerkat.core..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.meerkat.testkit..", "dev.meerkat.store.."))
                .check(CODE);
    }

    @Test
    void modulesHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching("dev.meerkat.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CODE);
    }

    @Test
    void noClassIsOverItsBudgetOfLines() throws IOException {
        Map<String, Integer> counted = new TreeMap<>();
        for (Path module : modules()) {
            try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    counted.put(file.toString(), lines(Files.readString(file)));
                }
            }
        }

        assertThat(counted).isNotEmpty();
        counted.values().removeIf(lines -> lines <= MOST_LINES);
        assertThat(counted).isEmpty();
    }

    /** Lines of code: without comments, imports and blank lines. */
    private static int lines(String source) {
        return (int) source.replaceAll("(?s)/\\*.*?\\*/", "")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("//") && !line.startsWith("import "))
                .count();
    }

    private static List<Path> modules() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(child -> child.getFileName().toString().startsWith("meerkat-"))
                    .filter(child -> Files.isDirectory(child.resolve("src/main/java")))
                    .toList();
        }
    }

    private static URL location(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static DescribedPredicate<JavaClass> type(Class<?> type) {
        return JavaClass.Predicates.equivalentTo(type);
    }

    private static DescribedPredicate<List<JavaClass>> lastIs(Class<?> type) {
        return DescribedPredicate.describe(
                "last is " + type.getSimpleName(),
                types -> !types.isEmpty() && types.get(types.size() - 1).isEquivalentTo(type));
    }
}
