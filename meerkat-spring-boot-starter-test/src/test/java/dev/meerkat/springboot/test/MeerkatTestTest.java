package dev.meerkat.springboot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.testkit.MeerkatHarness;
import dev.meerkat.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Tests of an application's agents. */
@MeerkatTest
class MeerkatTestTest {
    @Autowired
    private MeerkatHarness harness;

    @Autowired
    private Meerkat meerkat;

    @Autowired
    private VirtualTime time;

    @Test
    void scriptsAnswerFirstAndTheApplicationsAgentsAllElse() throws Exception {
        harness.agent().on("scripted").expectAny().answer("as the script says");
        Session scripted = meerkat.create(SessionSpec.ofPrompt("hello").withKeepAliveAs("scripted"));
        Session greeter = meerkat.create(SessionSpec.ofPrompt("hello").withKeepAliveAs("greeter"));
        harness.settle();
        assertThat(scripted.snapshot().lastAnswer()).contains("as the script says");
        assertThat(greeter.snapshot().lastAnswer()).contains("good day");
    }

    @Test
    void timeIsMovedByTheTest() throws Exception {
        harness.agent()
                .on("scripted")
                .expectAny()
                .fail(new IOException("the model is away"))
                .expectAny()
                .answer("later");
        Session scripted = meerkat.create(SessionSpec.ofPrompt("hello").withKeepAliveAs("scripted"));
        harness.settle();
        assertThat(scripted.snapshot().lastAnswer()).isEmpty();
        harness.advance(Duration.ofMinutes(1));
        assertThat(scripted.snapshot().lastAnswer()).contains("later");
        assertThat(time.instant()).isEqualTo(VirtualTime.START.plus(Duration.ofMinutes(1)));
    }

    @Test
    void eachTestHasAMeerkatOfItsOwn(@Autowired ApplicationContext context) throws Exception {
        assertThat(meerkat.list(SessionQuery.all()).sessions()).isEmpty();
        assertThat(context.getBeanNamesForType(Greeter.class)).hasSize(1);
        assertThat(context.getBeanNamesForType(Unwanted.class)).isEmpty();
    }

    /** Is run by the test below only. */
    @MeerkatTest
    static class LeavesAScript {
        @Test
        void run(@Autowired MeerkatHarness harness) {
            harness.agent().on("nobody").expectAny().answer("never");
        }
    }

    @Test
    void aScriptThatWasNotUsedFailsTheTest() {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(LeavesAScript.class))
                .execute()
                .testEvents()
                .assertStatistics(all -> all.started(1).failed(1));
    }
}
