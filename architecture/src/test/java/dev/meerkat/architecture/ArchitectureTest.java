package dev.meerkat.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

/** The rules that the code of all published modules keeps. */
class ArchitectureTest {
    private static final int MOST_LINES = 500;

    /** The command's main class is where the real clock and the real random come from; the others are still to change. */
    private static final Set<String> NOT_INJECTED_YET = Set.of(
            "dev.meerkat.cli.Main",
            "dev.meerkat.client.RestConnector",
            "dev.meerkat.server.internal.mcp.ToolEventStream",
            "dev.meerkat.server.internal.mcp.EventStreams",
            "dev.meerkat.store.sqlite.internal.PrivateFiles");

    private static final int MOST_COMPONENTS = 8;

    /** What the stores keep of an open turn, in the hottest path of all. */
    private static final Set<String> HOLD_NULL_YET =
            Set.of("dev.meerkat.core.store.SessionProgress", "dev.meerkat.core.store.TurnRecord");

    private static final JavaClasses CODE = Code.classes();

    @Test
    void whatVariesIsInjected() {
        noClasses()
                .that(DescribedPredicate.not(DescribedPredicate.describe(
                        "are not injected yet", type -> NOT_INJECTED_YET.contains(Code.topLevel(type)))))
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
    void packagesOfTheCoreHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching("dev.meerkat.core.internal.(**)")
                .should()
                .beFreeOfCycles()
                .check(CODE);
        noClasses()
                .that()
                .resideInAPackage("dev.meerkat.core.internal.*")
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.meerkat.core.internal"))
                .check(CODE);
    }

    @Test
    void onlyItsAdaptersKnowALibrary() {
        Map<String, Set<String>> adapters = Map.of(
                // Controllers write values with it, too.
                "tools.jackson", Set.of("meerkat-json-jackson3", "meerkat-spring-boot"),
                "io.micrometer", Set.of("meerkat-micrometer", "meerkat-spring-boot"),
                "io.opentelemetry", Set.of("meerkat-opentelemetry", "meerkat-spring-boot"),
                // The models that are beans of an application are found by their types.
                "dev.langchain4j", Set.of("meerkat-langchain4j", "meerkat-spring-boot"),
                "org.springframework",
                        Set.of("meerkat-spring-ai", "meerkat-spring-boot", "meerkat-spring-boot-starter-test"),
                "org.springframework.ai", Set.of("meerkat-spring-ai", "meerkat-spring-boot"),
                "org.springframework.boot", Set.of("meerkat-spring-boot", "meerkat-spring-boot-starter-test"));
        Code.sources()
                .forEach((file, source) -> adapters.forEach((library, modules) -> assertThat(
                                source.contains(library) && modules.stream().noneMatch(file::startsWith))
                        .as(file + " knows " + library)
                        .isFalse()));
    }

    @Test
    void publicValuesAreSmallAndNeverHoldNull() {
        Set<String> exported = Code.exported();
        List<String> wrong = CODE.stream()
                .filter(type -> type.isRecord() && exported.contains(type.getPackageName()) && isPublic(type))
                // The chapters of the test kit have samples of what programs may have.
                .filter(type -> !HOLD_NULL_YET.contains(type.getName())
                        && !type.getPackageName().equals("dev.meerkat.testkit.contract"))
                .filter(type -> type.getFields().stream()
                                        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                                        .count()
                                > MOST_COMPONENTS
                        || Code.hasNullableComponent(type))
                .map(JavaClass::getName)
                .sorted()
                .toList();
        assertThat(wrong).isEmpty();
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isPublic).orElse(true);
    }

    @Test
    void noClassIsOverItsBudgetOfLines() {
        Map<Path, Integer> counted = new TreeMap<>();
        Code.sources().forEach((file, source) -> counted.put(file, lines(source)));

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

    private static DescribedPredicate<JavaClass> type(Class<?> type) {
        return JavaClass.Predicates.equivalentTo(type);
    }

    private static DescribedPredicate<List<JavaClass>> lastIs(Class<?> type) {
        return DescribedPredicate.describe(
                "last is " + type.getSimpleName(),
                types -> !types.isEmpty() && types.get(types.size() - 1).isEquivalentTo(type));
    }
}
