package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;

class MeerkatExtensionTest {
    @Nested
    @ExtendWith(MeerkatExtension.class)
    class WithinATest {
        private MeerkatHarness early;

        @BeforeEach
        void takesTheHarness(MeerkatHarness harness) {
            early = harness;
        }

        @Test
        void allPartsBelongToOneHarness(
                MeerkatHarness harness,
                Meerkat meerkat,
                ScriptedAgent agent,
                VirtualTime time,
                SerialTurnExecutor executor) {
            assertThat(harness).isSameAs(early);
            assertThat(meerkat).isSameAs(harness.meerkat());
            assertThat(agent).isSameAs(harness.agent());
            assertThat(time).isSameAs(harness.time());
            assertThat(executor).isSameAs(harness.executor());
        }

        @Test
        void theRuntimeIsFresh(Meerkat meerkat) throws InterruptedException {
            assertThat(meerkat.list(dev.meerkat.api.SessionQuery.all()).sessions())
                    .isEmpty();
            early.agent().otherwise(turn -> "ok");
            meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("same-name"));
        }

        @Test
        void theRuntimeIsFreshAgain(Meerkat meerkat) throws InterruptedException {
            theRuntimeIsFresh(meerkat);
        }
    }

    @Nested
    class WithSettings {
        @RegisterExtension
        final MeerkatExtension meerkats =
                MeerkatExtension.with(harness -> harness.answeredBy(turn -> "from the settings"));

        @Test
        void settingsApplyBeforeTheRuntimeOpens(MeerkatHarness harness) throws InterruptedException {
            var session = harness.meerkat().create(SessionSpec.ofPrompt("Begin."));
            harness.settle();
            assertThat(session.snapshot().lastAnswer()).hasValue("from the settings");
        }
    }

    @Nested
    class WithRealThreads {
        @RegisterExtension
        final MeerkatExtension meerkats = MeerkatExtension.of(MeerkatHarness::withRealThreads);

        @Test
        void otherHarnessesAreTaken(SerialTurnExecutor executor) {
            assertThat(executor.ordered()).isFalse();
        }
    }

    @Test
    void aPassedTestFailsIfItLeavesAnEventStreamOpen() throws Exception {
        FakeContext context = new FakeContext();
        MeerkatExtension extension = new MeerkatExtension();
        MeerkatHarness harness = context.resolve(extension);
        harness.agent().otherwise(turn -> "ok");
        harness.meerkat()
                .create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"))
                .events(Cursor.START);
        assertThatThrownBy(() -> extension.afterEach(context.proxy()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("event stream");
        assertThat(context.published.get(MeerkatExtension.DIAGNOSTICS)).contains("session a");
    }

    @Test
    void aPassedTestFailsIfItsScriptWasNotUsed() throws Exception {
        FakeContext context = new FakeContext();
        MeerkatExtension extension = new MeerkatExtension();
        context.resolve(extension).agent().on("a").expectAny().answer("never");
        assertThatThrownBy(() -> extension.afterEach(context.proxy()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not used: a: any inputs");
    }

    @Test
    void aFailedTestKeepsItsFailureAndPublishesWhatHappened() throws Exception {
        FakeContext context = new FakeContext();
        MeerkatExtension extension = new MeerkatExtension();
        MeerkatHarness harness = context.resolve(extension);
        harness.agent().on("a").expectAny().answer("hello").expectAny().answer("never");
        harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
        harness.settle();
        context.failure = new AssertionError("the test's own");
        extension.afterEach(context.proxy());
        assertThat(context.published.get(MeerkatExtension.DIAGNOSTICS))
                .contains("TurnCompleted")
                .contains("hello");
        assertThat(context.failure.getSuppressed())
                .singleElement()
                .extracting(Throwable::getMessage)
                .asString()
                .contains("not used");
    }

    @Test
    void aTestThatTakesNoHarnessCostsNothing() {
        FakeContext context = new FakeContext();
        new MeerkatExtension().afterEach(context.proxy());
        assertThat(context.published).isEmpty();
    }

    @Test
    void aHarnessOfAWholeClassIsRefused() {
        FakeContext context = new FakeContext();
        context.inMethod = false;
        assertThatThrownBy(() -> context.resolve(new MeerkatExtension()))
                .isInstanceOf(ParameterResolutionException.class)
                .hasMessageContaining("belongs to one test");
    }

    @SuppressWarnings("unused")
    private void parameters(MeerkatHarness harness) {}

    /** As much of a context as the extension uses, so that failing tests can be looked at. */
    private static final class FakeContext implements InvocationHandler {
        private final Map<Object, Object> store = new HashMap<>();
        private final Map<String, String> published = new HashMap<>();
        private Throwable failure;
        private boolean inMethod = true;

        MeerkatHarness resolve(MeerkatExtension extension) throws Exception {
            Parameter parameter = MeerkatExtensionTest.class.getDeclaredMethod("parameters", MeerkatHarness.class)
                    .getParameters()[0];
            ParameterContext context = proxy(ParameterContext.class, (proxy, method, arguments) -> parameter);
            assertThat(extension.supportsParameter(context, proxy())).isTrue();
            return (MeerkatHarness) extension.resolveParameter(context, proxy());
        }

        ExtensionContext proxy() {
            return proxy(ExtensionContext.class, this);
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            return switch (method.getName()) {
                case "getTestMethod" ->
                    inMethod
                            ? Optional.of(
                                    MeerkatExtensionTest.class.getDeclaredMethod("parameters", MeerkatHarness.class))
                            : Optional.empty();
                case "getStore" -> proxy(ExtensionContext.Store.class, this::store);
                case "getExecutionException" -> Optional.ofNullable(failure);
                case "publishReportEntry" -> published.put((String) arguments[0], (String) arguments[1]);
                default -> throw new UnsupportedOperationException(method.getName());
            };
        }

        @SuppressWarnings("unchecked")
        private Object store(Object proxy, Method method, Object[] arguments) {
            return switch (method.getName()) {
                case "getOrComputeIfAbsent" ->
                    store.computeIfAbsent(arguments[0], (Function<Object, Object>) arguments[1]);
                case "remove" -> store.remove(arguments[0]);
                default -> throw new UnsupportedOperationException(method.getName());
            };
        }

        private static <T> T proxy(Class<T> type, InvocationHandler handler) {
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
        }
    }
}
