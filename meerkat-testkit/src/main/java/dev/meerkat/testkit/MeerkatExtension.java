package dev.meerkat.testkit;

import dev.meerkat.api.Meerkat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each JUnit test a fresh {@link MeerkatHarness}, as a parameter of the test or of its
 * before-each methods; also its {@link Meerkat}, {@link ScriptedAgent}, {@link VirtualTime} and {@link
 * SerialTurnExecutor}.
 *
 * <pre>{@code
 * @ExtendWith(MeerkatExtension.class)
 * class GreeterTest {
 *     @Test
 *     void greets(MeerkatHarness harness, ScriptedAgent agent) { ... }
 * }
 * }</pre>
 *
 * <p>After the test it closes the harness and fails the test if something is left behind: threads,
 * open event streams, scripts that were not used, calls of the agent that were not expected. When a
 * test fails, the event logs of its sessions are published as a report entry.
 */
public final class MeerkatExtension implements ParameterResolver, AfterEachCallback {
    /** The key of the report entry that a failed test publishes. */
    public static final String DIAGNOSTICS = "meerkat.diagnostics";

    private static final Namespace NAMESPACE = Namespace.create(MeerkatExtension.class);
    private static final List<Class<?>> TYPES = List.of(
            MeerkatHarness.class, Meerkat.class, ScriptedAgent.class, VirtualTime.class, SerialTurnExecutor.class);

    private final Supplier<MeerkatHarness> harnesses;
    private final Consumer<MeerkatHarness> settings;

    /** For {@code @ExtendWith}: harnesses as {@link MeerkatHarness#create} makes them. */
    public MeerkatExtension() {
        this(MeerkatHarness::create, harness -> {});
    }

    private MeerkatExtension(Supplier<MeerkatHarness> harnesses, Consumer<MeerkatHarness> settings) {
        this.harnesses = harnesses;
        this.settings = settings;
    }

    /**
     * For {@code @RegisterExtension}: with other settings.
     *
     * @param settings called with each new harness, before its runtime opens
     * @return an extension
     */
    public static MeerkatExtension with(Consumer<MeerkatHarness> settings) {
        return new MeerkatExtension(MeerkatHarness::create, settings);
    }

    /**
     * For {@code @RegisterExtension}: with other harnesses.
     *
     * @param harnesses makes a harness per test, such as {@code MeerkatHarness::withRealThreads}
     * @return an extension
     */
    public static MeerkatExtension of(Supplier<MeerkatHarness> harnesses) {
        return new MeerkatExtension(harnesses, harness -> {});
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException("a harness belongs to one test; take " + parameter.getParameter()
                    + " in the test method or a before-each method");
        }
        MeerkatHarness harness = context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(MeerkatHarness.class, key -> make(), MeerkatHarness.class);
        Class<?> type = parameter.getParameter().getType();
        if (type == MeerkatHarness.class) {
            return harness;
        } else if (type == Meerkat.class) {
            return harness.meerkat();
        } else if (type == ScriptedAgent.class) {
            return harness.agent();
        } else if (type == VirtualTime.class) {
            return harness.time();
        }
        return harness.executor();
    }

    private MeerkatHarness make() {
        MeerkatHarness harness = harnesses.get();
        settings.accept(harness);
        return harness;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        MeerkatHarness harness = context.getStore(NAMESPACE).remove(MeerkatHarness.class, MeerkatHarness.class);
        if (harness == null) {
            return;
        }
        // Taken while the runtime is open: afterwards there is nothing to look into.
        String diagnostics = harness.diagnostics();
        Optional<Throwable> failure = context.getExecutionException();
        try {
            harness.close();
        } catch (AssertionError | RuntimeException e) {
            context.publishReportEntry(DIAGNOSTICS, diagnostics);
            if (failure.isPresent()) {
                // What a failed test leaves behind explains it; the failure itself stays the result.
                failure.get().addSuppressed(e);
                return;
            }
            throw e;
        }
        failure.ifPresent(e -> context.publishReportEntry(DIAGNOSTICS, diagnostics));
    }
}
