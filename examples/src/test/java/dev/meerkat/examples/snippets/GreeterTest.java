package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.*;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.testkit.InputPattern;
import dev.meerkat.testkit.MeerkatExtension;
import dev.meerkat.testkit.MeerkatHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

// snippet: junit
@ExtendWith(MeerkatExtension.class)
class GreeterTest {
    @Test
    void aPeerIsGreetedBack(MeerkatHarness harness) throws InterruptedException {
        harness.agent().on("agent-a").expectAny().answer("ready");
        harness.agent().on("agent-b").expectAny().answer("ready");
        Session a = harness.meerkat().create(SessionSpec.ofPrompt("You greet.").withKeepAliveAs("agent-a"));
        Session b = harness.meerkat().create(SessionSpec.ofPrompt("You answer.").withKeepAliveAs("agent-b"));
        harness.settle(); // both have had their first turn, and nothing more happens by itself

        InputPattern morning = InputPattern.message("good morning");
        harness.agent().on("agent-b").expect(morning).reply("good evening").answer("greeted");
        harness.agent()
                .on("agent-a")
                .expect(InputPattern.message("good evening"))
                .answer("nice");
        a.send(PeerMessage.to("agent-b", "good morning"));
        harness.settle();

        assertThat(a.snapshot().lastAnswer()).hasValue("nice");
        assertThat(b.snapshot().lastAnswer()).hasValue("greeted");
    }
}
// end
