package dev.meerkat.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
    private static final Pattern DISPATCH =
            Pattern.compile("(?i)command(\\(\\))?\\s*\\.match\\(|\"command\"\\)\\)\\s*\\.match\\(");

    private static final int LEAST_FILES = 5;
    private static final int MOST_FILES = 11;

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
        Source command = sources.entrySet().stream()
                .filter(source -> source.getKey().endsWith(COMMAND))
                .map(source -> new Source(source.getKey(), withOneMore(source.getValue())))
                .findFirst()
                .orElseThrow();
        List<Source> dispatching = sources.entrySet().stream()
                .filter(source -> !source.getKey().endsWith(COMMAND)
                        && DISPATCH.matcher(source.getValue()).find())
                .map(source -> new Source(source.getKey(), source.getValue()))
                .toList();

        assertThat(dispatching).hasSizeBetween(LEAST_FILES, MOST_FILES);
        for (Source source : dispatching) {
            assertThat(refusals(command, source))
                    .as("refusals in %s", source.file())
                    .isNotEmpty();
        }
        assertThat(refusals(command)).isEmpty();
    }

    private static String withOneMore(String text) {
        String changed = text.replace(LAST, ONE_MORE);
        assertThat(changed).isNotEqualTo(text);
        return changed.substring(0, changed.lastIndexOf('}')) + KIND;
    }

    /** What the compiler says of calls of {@code match} that lack an argument. It says so once for all files together. */
    private List<String> refusals(Source... sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, null)) {
            List<Path> classPath = new ArrayList<>();
            for (Path module : Code.modules()) {
                classPath.add(module.resolve("target/classes"));
            }
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(built));
            List<String> options = List.of("-proc:none", "-implicit:none", "-Xmaxerrs", "10000");
            boolean unused = compiler.getTask(
                            null,
                            files,
                            problems,
                            options,
                            null,
                            Stream.of(sources).map(Source::object).toList())
                    .call();
        }
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(problem -> problem.getMessage(null))
                .filter(message -> message.contains("method match in interface"))
                .toList();
    }
}
