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
    private final boolean extended;

    /**
     * The contract.
     *
     * @param extended whether the server offers what is beside the contract
     */
    ServedContract(Access access, ContractLine line, boolean extended) {
        this.access = access;
        this.line = line;
        this.extended = extended;
        report = new ContractReport(
                "our own server, " + access.name().toLowerCase(Locale.ROOT) + " " + line.line()
                        + (extended ? "" : ", contract only"),
                ServedFixture.lacking(extended));
    }

    @Override
    protected MeerkatFixture open() {
        return new ServedFixture(access, line, extended, directory, report::refused);
    }
}
