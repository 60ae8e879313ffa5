package dev.meerkat.conformance;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.testkit.contract.MeerkatContract;
import dev.meerkat.testkit.contract.MeerkatFixture;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of the test kit at every installed server, in every way to it: the chapters of {@link
 * ShortForm}, or all of them.
 */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.meerkat.conformance.Reached#all")
@ExtendWith({ConformanceReport.class, ShortForm.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealContractTest extends MeerkatContract implements OfServer {
    private final Set<Capability> refusals = EnumSet.noneOf(Capability.class);

    @Parameter
    Reached reached;

    @Override
    public Reached reached() {
        return reached;
    }

    @Override
    protected MeerkatFixture open() {
        return new RealFixture(reached, refusals);
    }
}
