package dev.meerkat.springboot.test;

import dev.meerkat.testkit.MeerkatHarness;
import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/** Closes the Meerkat of a test before its context, and fails the test if something is left behind. */
final class HarnessCheck implements TestExecutionListener, Ordered {
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void afterTestMethod(TestContext test) {
        MeerkatHarness harness = test.getApplicationContext().getBean(MeerkatHarness.class);
        try {
            harness.close();
        } catch (AssertionError e) {
            Throwable failure = test.getTestException();
            if (failure == null) {
                throw e;
            }
            // What a failed test leaves behind explains it; the failure itself stays the result.
            failure.addSuppressed(e);
        }
    }
}
