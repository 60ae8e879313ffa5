package dev.meerkat.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official TypeScript package 0.8, unmodified, starts the command itself. No registry has that package, so that it
 * has to be built first; MEERKAT_TYPESCRIPT_SDK names its directory.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OfficialTypeScriptTest {
    @Test
    void doesAllItCanOnItsContractLine(@TempDir Path directory) throws Exception {
        Command.need("node");
        String sdk = System.getenv("MEERKAT_TYPESCRIPT_SDK");
        Assumptions.assumeTrue(sdk != null, "MEERKAT_TYPESCRIPT_SDK does not name the directory of the package");
        Path main = Path.of(sdk, "dist", "index.js").toAbsolutePath();
        assertThat(Files.exists(main)).as("%s is there", main).isTrue();
        String launcher = Command.packaged("meerkat-rpc");
        String printed = Command.run(
                Map.of("MEERKAT_BIN_PATH", launcher, "MEERKAT_CONTRACT", "0.8"),
                "node",
                Python.program("official_client.mjs", directory).toString(),
                main.toUri().toString(),
                launcher,
                directory.resolve("state").toString());
        assertThat(printed).endsWith("ok all\n");
    }
}
