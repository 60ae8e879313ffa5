package dev.meerkat.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbedDemoTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Runs the demo in this process and returns what it printed. */
    private String demo(int status, String in, String... more) {
        out.reset();
        err.reset();
        List<String> args = new ArrayList<>(List.of("--db", file()));
        args.addAll(List.of(more));
        assertThat(EmbedDemo.run(
                        args,
                        new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8)))
                .as(err.toString(StandardCharsets.UTF_8))
                .isEqualTo(status);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String file() {
        return directory.resolve("demo.db").toString();
    }

    private static long count(String text, String part) {
        return text.lines().filter(line -> line.contains(part)).count();
    }

    @Test
    void theFirstRunShowsPeersMessageRequestAndEventsThatAreHandledOnce() {
        String text = demo(0, "");
        assertThat(text)
                .contains("== agent-a is new", "== agent-b is new")
                .contains("  agent-b, builder, ")
                .contains("agent-b #", "gets a message from agent-a: Good morning.")
                .contains("reply: COMPLETED {")
                .contains("gets an external event: workflow_run from github")
                .contains("answers: Run 1742 of example-org/checkout failed; agent-b is told.")
                .contains("gets a message from agent-b: The step that failed is: unit tests.")
                .contains("answers: HighErrorRate fires; agent-b suspects the newest release.");
        assertThat(count(text, "accepted at #")).isEqualTo(2);
        assertThat(count(text, "duplicate of #")).isEqualTo(2);
        assertThat(count(text, "answers: Run 1742")).isEqualTo(1);
    }

    @Test
    void theSecondRunFindsSessionsAndHistoryAndHandlesNoDeliveryAgain() {
        demo(0, "");
        String text = demo(0, "");
        assertThat(text)
                .contains("== welcome back, agent-a", "== welcome back, agent-b")
                .doesNotContain("is new")
                .contains("  | agent-a #");
        assertThat(count(text, "accepted at #")).isZero();
        assertThat(count(text, "duplicate of #")).isEqualTo(4);
    }

    @Test
    void standardInputTakesOneBodyPerLineAndRefusesWhatIsNoJson() {
        String github = github();
        String text = demo(1, github + "\n\nnot json\n{\"any\":1}\n" + github + "\n", "--stdin");
        assertThat(text)
                .contains("answers: Run 1742 of example-org/checkout failed; agent-b is told.")
                .contains("refused, nothing is done: json")
                .contains("answers: Nothing to do for this json.");
        assertThat(count(text, "accepted at #")).isEqualTo(2);
        assertThat(count(text, "duplicate of #")).isEqualTo(1);
    }

    private static String github() {
        try {
            return Webhook.recorded("1-github-workflow-run.http").body().text();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void wrongArgumentsAreRefusedByName() {
        assertThat(demo(2, "", "--thinc", "5")).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("unknown argument: --thinc", "--stdin");
        assertThat(demo(2, "", "--think", "soon")).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--think must be a number");
    }

    @Test
    void gitHubsDeliveryIdIsTheKeyOfItsEvents() throws Exception {
        ExternalEvent event = Webhook.recorded("1-github-workflow-run.http").toEvent();
        assertThat(event.idempotencyKey()).contains("6c1f3b90-a7e2-11f0-8d2e-3f5a0c9b7e41");
        assertThat(event.source()).isEqualTo("github");
    }

    @Test
    void anAlertGroupIsKnownByItsWholeBody() throws Exception {
        Json body = Webhook.recorded("2-alertmanager.http").body();
        ExternalEvent firing = Webhook.ofBody(body.text()).toEvent();
        ExternalEvent resolved = Webhook.ofBody(body.text().replace("\"firing\"", "\"resolved\""))
                .toEvent();
        assertThat(firing).isEqualTo(Webhook.recorded("2-alertmanager.http").toEvent());
        assertThat(firing.idempotencyKey()).isNotEqualTo(resolved.idempotencyKey());
    }

    /**
     * Killed while agent-a has the event in hand: the next run ends that turn, and the event, which
     * its sender delivers again, is handled once in all.
     */
    @Test
    void whatWasAcceptedBeforeKillMinusNineIsHandledOnce() throws Exception {
        String github = github();
        try (ChildDemo first = new ChildDemo("--db", file(), "--stdin", "--think", "500")) {
            first.deliver(github);
            first.awaitLine("accepted at #");
            first.kill();
            assertThat(first.lines()).noneMatch(line -> line.contains("answers: Run 1742"));
        }
        try (ChildDemo second = new ChildDemo("--db", file(), "--stdin")) {
            second.deliver(github);
            assertThat(second.finish()).as(second.lines().toString()).isZero();
            assertThat(second.lines()).anyMatch(line -> line.contains("duplicate of #"));
        }
        String history = demo(0, "", "--stdin");
        assertThat(history).contains("== welcome back, agent-a");
        assertThat(count(history, "agent-a #")).isPositive();
        assertThat(count(history, "gets an external event")).isEqualTo(1);
        assertThat(count(history, "answers: Run 1742")).isEqualTo(1);
        assertThat(count(history, "gets a message from agent-a: Build failed")).isEqualTo(1);
        assertThat(count(history, "gets a message from agent-b: The step that failed"))
                .isEqualTo(1);
    }
}
