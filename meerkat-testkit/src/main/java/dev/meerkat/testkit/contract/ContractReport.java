package dev.meerkat.testkit.contract;

import dev.meerkat.api.Capabilities.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Tells in one line, and in a file below {@code target/contract-report}, what the contract found at one server: so
 * that what is refused and what is skipped is seen. Register it with the class that extends {@link MeerkatContract}.
 */
public final class ContractReport implements TestWatcher, InvocationInterceptor, AfterAllCallback {
    private static final Path DIRECTORY = Path.of("target", "contract-report");

    private final String server;
    private final Set<Capability> lacking;
    private final AtomicInteger passed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final Map<Capability, Integer> refused = new EnumMap<>(Capability.class);
    private final Map<String, Integer> skipped = new TreeMap<>();

    /**
     * A report to be written.
     *
     * @param server what the report calls the server
     * @param lacking what the fixture says that it lacks
     */
    public ContractReport(String server, Set<Capability> lacking) {
        this.server = server;
        this.lacking = lacking;
    }

    /**
     * Counts a refusal; see {@link MeerkatFixture#refused}.
     *
     * @param capability what was lacking
     */
    public synchronized void refused(Capability capability) {
        refused.merge(capability, 1, Integer::sum);
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        passed.incrementAndGet();
    }

    @Override
    public synchronized void testAborted(ExtensionContext context, Throwable cause) {
        String reason = String.valueOf(cause.getMessage()).replace("Assumption failed: ", "");
        skipped.merge(reason, 1, Integer::sum);
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        failed.incrementAndGet();
    }

    @Override
    public void interceptDynamicTest(
            Invocation<Void> invocation, DynamicTestInvocationContext context, ExtensionContext extensionContext)
            throws Throwable {
        try {
            invocation.proceed();
            passed.incrementAndGet();
        } catch (Throwable e) {
            failed.incrementAndGet();
            throw e;
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        // Once for each chapter, and last for the whole, which has no enclosing class.
        boolean whole = context.getTestClass().map(Class::getEnclosingClass).isEmpty();
        if (whole) {
            String report = report();
            Files.createDirectories(DIRECTORY);
            Files.writeString(DIRECTORY.resolve(server.replaceAll("[^A-Za-z0-9.]+", "-") + ".txt"), report + "\n");
            System.out.println(report);
        }
    }

    private synchronized String report() {
        int refusals = refused.values().stream().mapToInt(Integer::intValue).sum();
        int skips = skipped.values().stream().mapToInt(Integer::intValue).sum();
        return "contract at " + server + ": supported "
                + names(java.util.EnumSet.complementOf(java.util.EnumSet.copyOf(lacking))) + "; lacking "
                + names(lacking) + "; passed " + (passed.get() - refusals) + ", failed " + failed.get() + ", refused "
                + refusals + " " + refused + ", skipped " + skips + " " + skipped;
    }

    private static String names(Set<Capability> capabilities) {
        return capabilities.stream().map(Enum::name).collect(Collectors.joining(" "));
    }
}
