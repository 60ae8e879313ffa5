package dev.meerkat.client.contract;

import dev.meerkat.client.fake.FakeLine;
import dev.meerkat.testkit.contract.ContractReport;
import dev.meerkat.testkit.contract.MeerkatContract;
import dev.meerkat.testkit.contract.MeerkatFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The contract at one fake server over one surface. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RemoteContract extends MeerkatContract {
    @RegisterExtension
    final ContractReport report;

    @TempDir
    Path directory;

    private final Surface surface;
    private final FakeLine line;

    RemoteContract(Surface surface, FakeLine line) {
        this.surface = surface;
        this.line = line;
        report = new ContractReport(
                surface.name().toLowerCase(java.util.Locale.ROOT) + " " + line.text(),
                RemoteFixture.lacking(surface, line));
    }

    @Override
    protected MeerkatFixture open() throws Exception {
        return new RemoteFixture(surface, line, Files.createTempDirectory(directory, "fixture"), report::refused);
    }
}
