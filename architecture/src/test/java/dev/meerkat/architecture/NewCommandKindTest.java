package dev.meerkat.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Adds a sixth kind of command to the API and compiles all that tells kinds apart. The compiler must refuse each such
 * place, so that nobody forgets one. What reads a kind by its name is held by the round trips over all kinds, such as
 * {@code CommandFormTest} and {@code StoreCodecTest}.
 */
class NewCommandKindTest {
    private static final String COMMAND = "dev/meerkat/api/CommsCommand.java";
    private static final String LAST = "            Function<PeerResponse, T> response) {";
    private static final String ONE_MORE =
            "            Function<PeerResponse, T> response,\n            Function<PeerPing, T> ping) {";
    private static final String KIND = """

                /** A kind that nobody knows. */
                record PeerPing(PeerRef to) implements CommsCommand<Receipt.PeerMessageSent> {
                    @Override
                    public String kind() {
                        return "peer_ping";
                    }
                }
            }
            """;

    /** Commands are told apart by {@code match}, and nowhere by a chain of {@code instanceof} with a default. */
    private static final Pattern DISPATCH = Pattern.compile("(?i)command(\\(\\))?\\s*\\.match\\(|\"command\"\\)\\)\\s*\\.match\\(");

    private static final int MOST_FILES = 12;

    @TempDir
    Path built;

    private record Source(Path file, String text) {
        JavaFileObject object() {
            return new SimpleJavaFileObject(
                    URI.create("string:///" + file.toString().replace('\\', '/')), JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return text;
                }
            };
        }
    }

    @Test
    void theCompilerNamesEachPlaceThatANewKindNeeds() throws IOException {
        Map<Path, String> sources = Code.sources();
        List<Source> api = new ArrayList<>();
        Set<String> dispatching = new TreeSet<>();
        List<Source> users = new ArrayList<>();
        sources.forEach((file, text) -> {
            if (file.endsWith(COMMAND)) {
                String changed = text.replace(LAST, ONE_MORE);
                assertThat(changed).isNotEqualTo(text);
                api.add(new Source(file, changed.substring(0, changed.lastIndexOf('}')) + KIND));
            } else if (DISPATCH.matcher(text).find()) {
                dispatching.add(file.toString());
                users.add(new Source(file, text));
            }
        });
        assertThat(api).hasSize(1);
        assertThat(dispatching).hasSizeBetween(5, MOST_FILES);

        api.addAll(users);
        assertThat(refused(api)).isEqualTo(dispatching);
    }

    /** The files of which the compiler says that a call of {@code match} lacks an argument. */
    private Set<String> refused(List<Source> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, null)) {
            List<Path> classPath = new ArrayList<>();
            for (Path module : Code.modules()) {
                classPath.add(module.resolve("target/classes"));
            }
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(Files.createDirectories(built)));
            boolean compiled = compiler.getTask(
                            null,
                            files,
                            problems,
                            List.of("-proc:none", "-Xmaxerrs", "10000"),
                            null,
                            sources.stream().map(Source::object).toList())
                    .call();
            assertThat(compiled).isFalse();
        }
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR && problem.getSource() != null)
                .filter(problem -> problem.getCode().startsWith("compiler.err.cant.apply.symbol")
                        && problem.getMessage(null).contains("match"))
                .map(problem -> problem.getSource().toUri().getPath().substring(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
