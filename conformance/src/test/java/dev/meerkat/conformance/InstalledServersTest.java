package dev.meerkat.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Shows which servers the other tests run against, and as skipped those that they do not. */
@ExtendWith(ConformanceReport.class)
class InstalledServersTest {

    @TestFactory
    Stream<DynamicTest> aServerIsInstalled() {
        return Stream.concat(Installed.found().stream(), Installed.missing().stream())
                .map(server -> DynamicTest.dynamicTest(server.title(), () -> {
                    Assumptions.assumeTrue(
                            Files.exists(server.program()),
                            () -> server.title() + " was not found in " + Installed.cache()
                                    + ": see conformance/install-servers.sh");
                    assertThat(server.program()).isExecutable();
                }));
    }
}
