package dev.meerkat.client.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.fake.FakeLine;
import dev.meerkat.client.fake.FakeRpcMain;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server in a process of its own: started by the client, used, and gone with it. */
@SuppressWarnings("try") // closing may be interrupted
class ChildProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void aSessionRunsInAChildProcessThatEndsWithItsClient(FakeLine line) throws Exception {
        try (RemoteMeerkat meerkat =
                MeerkatClient.stdio(executable(line)).realm("r1").open()) {
            assertThat(meerkat.contractVersion()).isEqualTo(line.text());
            assertThat(children()).isNotEmpty();
            Session session = meerkat.create(
                    SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("a"));
            TurnOutcome outcome = session.startTurn("hello").await(PATIENCE).orElseThrow();
            assertThat(((TurnOutcome.Completed) outcome).text()).isEqualTo("ok");
        }

        assertThat(children()).isEmpty();
        Leftovers.assertNone();
    }

    private static Stream<ProcessHandle> children() {
        return ProcessHandle.current()
                .descendants()
                .filter(child -> child.info().commandLine().orElse("").contains(FakeRpcMain.class.getName()));
    }

    private Path executable(FakeLine line) throws IOException {
        Path script = directory.resolve("fake-rkat-rpc");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(
                script,
                "#!/bin/sh\nexec '" + java + "' -XX:TieredStopAtLevel=1 -cp '" + classPath() + "' "
                        + FakeRpcMain.class.getName() + " " + line.text() + " \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }

    /** All that the fake needs, whether it came by class path or by module path. */
    private static String classPath() {
        return Stream.concat(
                        Stream.of(Path.of("target", "test-classes").toAbsolutePath()),
                        Stream.of(ObjectMapper.class, JsonFactory.class, JsonProperty.class)
                                .map(ChildProcessTest::source))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path source(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
}
