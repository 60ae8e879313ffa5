package dev.meerkat.server.contract;

import dev.meerkat.testkit.contract.ContractReport;
import dev.meerkat.testkit.contract.MeerkatContract;
import dev.meerkat.testkit.contract.MeerkatFixture;
import dev.meerkat.wire.ContractLine;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The contract at our own server, on one line and one way to reach it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServedContract extends MeerkatContract {
    @RegisterExtension
    final ContractReport report;

    @TempDir
    Path directory;

    private final Access access;
    private final ContractLine line;

    ServedContract(Access access, ContractLine line) {
        this.access = access;
        this.line = line;
        report = new ContractReport(
                "our own server, " + access.name().toLowerCase(Locale.ROOT) + " " + line.line(), ServedFixture.LACKING);
    }

    @Override
    protected MeerkatFixture open() {
        return new ServedFixture(access, line, directory, report::refused);
    }
}
