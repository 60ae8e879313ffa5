package dev.meerkat.architecture;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The classes and sources of all published modules, as the build has made them. */
final class Code {
    private static final Pattern EXPORTS = Pattern.compile("exports ([\\w.]+);");
    private static final JavaClasses CLASSES = read();
    private static final Map<Path, String> SOURCES = readSources();

    private Code() {}

    /** The classes of all published modules. */
    static JavaClasses classes() {
        return CLASSES;
    }

    /** The directories of all published modules. */
    static List<Path> modules() {
        try (Stream<Path> children = Files.list(root())) {
            return children.filter(child -> child.getFileName().toString().startsWith("meerkat-"))
                    .filter(child -> Files.isDirectory(child.resolve("src/main/java")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The main sources of a module, with their text. */
    static Map<Path, String> sources(Path module) {
        Map<Path, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                texts.put(root().relativize(file), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    /** The main sources of all published modules, with their text. */
    static Map<Path, String> sources() {
        return SOURCES;
    }

    private static Map<Path, String> readSources() {
        Map<Path, String> texts = new TreeMap<>();
        modules().forEach(module -> texts.putAll(sources(module)));
        return Map.copyOf(texts);
    }

    /** The packages that the modules show to all others. */
    static Set<String> exported() {
        return sources().entrySet().stream()
                .filter(source -> source.getKey().endsWith("module-info.java"))
                .flatMap(source -> EXPORTS.matcher(source.getValue()).results())
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether a component of a record may be null, as its source says. */
    static boolean hasNullableComponent(JavaClass type) {
        String end = topLevel(type).replace('.', '/') + ".java";
        Pattern header = Pattern.compile("record " + type.getSimpleName() + "(<[^(]*>)?\\(([^{]*)\\{");
        return sources().entrySet().stream()
                .filter(source -> source.getKey().toString().replace('\\', '/').endsWith("java/" + end))
                .flatMap(source -> header.matcher(source.getValue()).results())
                .anyMatch(match -> match.group(2).contains("@Nullable"));
    }

    /** Which top-level class uses which others. */
    static Map<String, Set<String>> uses() {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            Set<String> used = uses.computeIfAbsent(topLevel(type), name -> new TreeSet<>());
            type.getDirectDependenciesFromSelf().forEach(dependency -> {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getName().startsWith("dev.meerkat.")
                        && !topLevel(target).equals(topLevel(type))) {
                    used.add(topLevel(target));
                }
            });
        }
        return uses;
    }

    /** The sets of classes each of which needs all others of its set, the largest first (Tarjan's algorithm). */
    static List<Set<String>> cycles() {
        return new Cycles(uses()).find();
    }

    static String topLevel(JavaClass type) {
        String name = type.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private static JavaClasses read() {
        // Names of the JDK's classes are all that the rules need; resolving them takes most of the time.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        List<Path> built = new ArrayList<>();
        for (Path module : modules()) {
            Path classes = module.resolve("target/classes");
            if (!Files.isDirectory(classes)) {
                throw new IllegalStateException(module + " is not built");
            }
            built.add(classes);
        }
        return new ClassFileImporter().importPaths(built);
    }

    private static Path root() {
        return Path.of("").toAbsolutePath().getParent();
    }

    private static final class Cycles {
        private final Map<String, Set<String>> uses;
        private final Map<String, Integer> numbers = new HashMap<>();
        private final Map<String, Integer> lowest = new HashMap<>();
        private final Deque<String> path = new ArrayDeque<>();
        private final Set<String> onPath = new HashSet<>();
        private final List<Set<String>> found = new ArrayList<>();

        Cycles(Map<String, Set<String>> uses) {
            this.uses = uses;
        }

        List<Set<String>> find() {
            uses.keySet().stream().filter(type -> !numbers.containsKey(type)).forEach(this::visit);
            found.sort(Comparator.comparing((Set<String> cycle) -> cycle.size()).reversed());
            return found;
        }

        private void visit(String type) {
            numbers.put(type, numbers.size());
            lowest.put(type, numbers.get(type));
            path.push(type);
            onPath.add(type);
            for (String used : uses.getOrDefault(type, Set.of())) {
                if (!numbers.containsKey(used)) {
                    visit(used);
                    lowest.merge(type, lowest.get(used), Math::min);
                } else if (onPath.contains(used)) {
                    lowest.merge(type, numbers.get(used), Math::min);
                }
            }
            if (lowest.get(type).equals(numbers.get(type))) {
                Set<String> cycle = new TreeSet<>();
                String member;
                do {
                    member = path.pop();
                    onPath.remove(member);
                    cycle.add(member);
                } while (!member.equals(type));
                if (cycle.size() > 1) {
                    found.add(cycle);
                }
            }
        }
    }
}
