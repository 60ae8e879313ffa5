package dev.meerkat.conformance;

import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.TestAbortedException;

/** Counts what each test found at its server. */
final class ConformanceReport implements BeforeAllCallback, TestWatcher, InvocationInterceptor {

    @Override
    public void beforeAll(ExtensionContext context) {
        // What is in the root's store is closed after all tests.
        context.getRoot().getStore(Namespace.GLOBAL).put(Tally.class, Tally.RUN);
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        server(context).ifPresent(Tally.RUN::passed);
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        String test =
                withInstances(context).getTestClass().map(Class::getSimpleName).orElse("") + "."
                        + context.getDisplayName();
        server(context).ifPresent(server -> Tally.RUN.failed(server, test));
    }

    @Override
    public void testAborted(ExtensionContext context, Throwable cause) {
        String reason = String.valueOf(cause.getMessage()).replace("Assumption failed: ", "");
        server(context).ifPresent(server -> Tally.RUN.skipped(server, reason));
    }

    @Override
    public void interceptDynamicTest(
            Invocation<Void> test, DynamicTestInvocationContext dynamic, ExtensionContext context) throws Throwable {
        try {
            test.proceed();
            testSuccessful(context);
        } catch (TestAbortedException e) {
            testAborted(context, e);
            throw e;
        } catch (Throwable e) {
            testFailed(context, e);
            throw e;
        }
    }

    private static Optional<Reached> server(ExtensionContext context) {
        return withInstances(context).getTestInstances().stream()
                .flatMap(instances -> instances.getAllInstances().stream())
                .filter(OfServer.class::isInstance)
                .map(instance -> ((OfServer) instance).reached())
                .findFirst();
    }

    /** A dynamic test has no instance of its own, but that of its factory. */
    private static ExtensionContext withInstances(ExtensionContext context) {
        ExtensionContext at = context;
        while (at.getTestInstances().isEmpty() && at.getParent().isPresent()) {
            at = at.getParent().get();
        }
        return at;
    }
}
