package dev.meerkat.client.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.client.ServerUnreachableException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutablesTest {
    @TempDir
    private Path directory;

    private Path program(String name) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private String path() {
        return directory.resolve("absent") + File.pathSeparator + File.pathSeparator + directory;
    }

    @Test
    void whatIsGivenGoesBeforeTheEnvironment() throws Exception {
        Path given = program("given");
        Path named = program("named");

        assertThat(Executables.find(given, Map.of("MEERKAT_BIN_PATH", named.toString())))
                .isEqualTo(given);
    }

    @Test
    void theEnvironmentNamesAFileOrAProgramOnThePath() throws Exception {
        Path named = program("named");

        assertThat(Executables.find(null, Map.of("MEERKAT_BIN_PATH", named.toString())))
                .isEqualTo(named);
        assertThat(Executables.find(null, Map.of("MEERKAT_BIN_PATH", "named", "PATH", path())))
                .isEqualTo(named);
    }

    @Test
    void theDefaultIsOnThePath() throws Exception {
        Path server = program("rkat-rpc");

        assertThat(Executables.find(null, Map.of("PATH", path()))).isEqualTo(server);
    }

    @Test
    void whatIsNotThereIsNamed() throws Exception {
        Path noProgram = Files.writeString(directory.resolve("text"), "");

        assertThatThrownBy(() -> Executables.find(null, Map.of("PATH", path())))
                .isInstanceOf(ServerUnreachableException.class)
                .hasMessageContaining("rkat-rpc")
                .hasMessageContaining(directory.toString());
        assertThatThrownBy(() -> Executables.find(null, Map.of("MEERKAT_BIN_PATH", "other", "PATH", path())))
                .isInstanceOf(ServerUnreachableException.class)
                .hasMessageContaining("no program other on the path (MEERKAT_BIN_PATH names it)");
        assertThatThrownBy(() -> Executables.find(noProgram, Map.of()))
                .isInstanceOf(ServerUnreachableException.class)
                .hasMessageContaining(noProgram.toString());
    }

    @Test
    void optionsComeInOrderAndArgumentsBehindThem() throws Exception {
        Path server = program("rkat-rpc");
        ChildCommand command = new ChildCommand(server, Map.of(), List.of(), Map.of())
                .withOption("--realm", "first")
                .withOption("--flag", "")
                .withOption("--realm", "team")
                .withArguments(List.of("-v"));

        assertThat(command.line(Map.of())).containsExactly(server.toString(), "--realm", "team", "--flag", "-v");
    }
}
