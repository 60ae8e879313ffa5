package dev.meerkat.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The official Python packages, unmodified, start the command themselves and do what their users do. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class OfficialPythonTest {
    @ParameterizedTest
    @CsvSource({"0.6.34, 0.6", "0.7.31, 0.7", "0.8.52, 0.8", "0.9.6, 0.9"})
    void doesAllItCanOnItsContractLine(String version, String line, @TempDir Path directory) throws Exception {
        String python = Python.with("meerkat-sdk==" + version);
        String launcher = Command.packaged("meerkat-rpc");
        String printed = Command.run(
                Map.of("MEERKAT_BIN_PATH", launcher, "MEERKAT_CONTRACT", line),
                python,
                Python.program("official_client.py", directory).toString(),
                line,
                launcher,
                directory.resolve("state").toString());
        assertThat(printed).endsWith("ok all\n");
    }
}
