package dev.meerkat.springboot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.TestExecutionListeners;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Marks a test of the agents of an application, without the rest of it. Of the application's components only those of
 * type {@code Agent} and {@code ChatTool} are there, and what the test imports.
 *
 * <p>The {@code Meerkat} is in memory, its turns run one at a time, and its clock stands still until the test moves it. The
 * test takes the bean of type {@link dev.meerkat.testkit.MeerkatHarness} to do so, to script what sessions are answered,
 * and to wait until nothing more happens. A session that no script names is answered by the application's agents, if
 * there are any. Each test method has a Meerkat of its own, and fails if something is left behind: scripts that were not
 * used, calls that nothing expected, open event streams, threads.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(MeerkatTestBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(AgentTypeFilter.class)
@ImportAutoConfiguration(MeerkatTestAutoConfiguration.class)
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
@TestExecutionListeners(
        listeners = HarnessCheck.class,
        mergeMode = TestExecutionListeners.MergeMode.MERGE_WITH_DEFAULTS)
public @interface MeerkatTest {
    /**
     * Properties of the test's application.
     *
     * @return each as {@code key=value}
     */
    String[] properties() default {};

    /**
     * Whether agents and tools are included without being named.
     *
     * @return true unless set
     */
    boolean useDefaultFilters() default true;

    /**
     * Further components that are there.
     *
     * @return filters
     */
    Filter[] includeFilters() default {};

    /**
     * Components that are not there.
     *
     * @return filters
     */
    Filter[] excludeFilters() default {};
}
