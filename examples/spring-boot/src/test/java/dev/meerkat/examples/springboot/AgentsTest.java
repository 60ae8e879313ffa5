package dev.meerkat.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.springboot.test.MeerkatTest;
import dev.meerkat.testkit.MeerkatHarness;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

/** The agents without the web. */
// snippet: spring-boot-test
@MeerkatTest
@Import(Agents.class)
class AgentsTest {
    @Autowired
    private MeerkatHarness harness;

    @Autowired
    private Meerkat meerkat;

    @Test
    void theOwnerIsToldOfAFailedBuild() throws InterruptedException {
        Session triage = meerkat.create(
                SessionSpec.ofPrompt("You triage.").withKeepAliveAs("triage").withDeferredStart());
        Json build = Json.parse("{\"workflow_run\":{\"id\":1742}}");
        triage.sendExternalEvent(ExternalEvent.genericJson("workflow_run", build));
        harness.settle(); // nothing more happens by itself

        assertThat(meerkat.open("owner").snapshot().lastAnswer().orElseThrow()).contains("Build 1742 failed");
    }

    @Test
    void aScriptAnswersInPlaceOfAnAgent() throws InterruptedException {
        harness.agent().on("triage").expectAny().answer("nothing to do");
        Session triage = meerkat.create(SessionSpec.ofPrompt("You triage.").withKeepAliveAs("triage"));
        harness.settle();

        assertThat(triage.snapshot().lastAnswer()).contains("nothing to do");
    }
}
// end
