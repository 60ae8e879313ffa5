package dev.meerkat.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The application as a process of its own, over HTTP. */
@Timeout(600)
class TriageApplicationTest {
    private static final int DELIVERIES = 20;

    @TempDir
    Path directory;

    /** Where the sessions are. */
    private enum Store {
        FILE,
        POSTGRESQL;

        List<String> arguments() throws SQLException {
            return this == FILE ? List.of() : Databases.createOne();
        }
    }

    private Instance start(List<String> arguments) throws IOException {
        return Instance.start(directory, arguments);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasTakenIsAnsweredOnceThoughTheProcessIsKilled(Store store) throws Exception {
        List<String> arguments = store.arguments();
        try (Instance first = start(arguments)) {
            for (int run = 1; run <= DELIVERIES; run++) {
                assertThat(first.deliver(run).statusCode()).isEqualTo(202);
            }
            first.kill();
        }

        try (Instance second = start(arguments)) {
            for (int run = 1; run <= DELIVERIES; run++) {
                assertThat(second.deliver(run).statusCode()).as("a duplicate").isEqualTo(200);
            }
            assertThat(second.deliver(DELIVERIES + 1).statusCode()).isEqualTo(202);
            assertThat(second.answered(DELIVERIES + 1)).hasSize(DELIVERIES + 1).doesNotHaveDuplicates();
            assertThat(second.get("/sessions/triage/history").body()).startsWith("{\"entries\":");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aShutdownDoesNotWaitForOpenStreamsAndLosesNothing(Store store) throws Exception {
        List<String> arguments = store.arguments();
        try (Instance first = start(arguments)) {
            HttpResponse<InputStream> stream = first.stream("owner");
            for (int run = 1; run <= DELIVERIES; run++) {
                assertThat(first.deliver(run).statusCode()).isEqualTo(202);
            }
            first.terminate();
            stream.body().readAllBytes(); // ends in order: a connection that breaks would throw
            first.awaitOrderlyEnd();
        }

        try (Instance second = start(arguments)) {
            assertThat(second.answered(DELIVERIES)).hasSize(DELIVERIES).doesNotHaveDuplicates();
            assertThat(second.get("/actuator/health").body()).contains("\"deadLetters\":false");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aShutdownUnderLoadBurnsNothing(Store store) throws Exception {
        List<String> arguments = store.arguments();
        int all;
        try (Instance first = start(arguments)) {
            Deliveries load = Deliveries.flowInto(first, 0, DELIVERIES);
            first.terminate(); // while deliveries come in
            all = load.awaitEnd();
            first.awaitOrderlyEnd();
        }

        try (Instance second = start(arguments)) {
            for (int run = 1; run <= all; run++) {
                assertThat(second.deliver(run).statusCode()).isIn(200, 202);
            }
            assertThat(second.answered(all)).hasSize(all).doesNotHaveDuplicates();
            second.assertNothingBurned();
        }
    }

    @Test
    void aNoteAndItsEventAreBothThereOrNeither() throws Exception {
        try (Instance instance = start(Databases.createOne())) {
            assertThat(note(instance, 7, "flaky").statusCode()).isEqualTo(200);
            assertThat(note(instance, 7, "twice").statusCode())
                    .as("the row cannot be")
                    .isEqualTo(500);
            assertThat(note(instance, 8, "real").statusCode()).isEqualTo(200);
            assertThat(instance.answersUntil("real")).containsOnlyOnce("flaky").doesNotContain("twice");
        }
    }

    private static HttpResponse<String> note(Instance instance, int run, String note) throws Exception {
        return Instance.send(instance.request("/builds/" + run + "/note")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(note)));
    }

    @Test
    void aDeliveryWithoutItsSignatureIsRefused() throws Exception {
        try (Instance instance = start(List.of())) {
            HttpResponse<String> answer = Instance.send(instance.request("/hooks/github")
                    .header("X-GitHub-Event", "workflow_run")
                    .header("X-GitHub-Delivery", "forged")
                    .POST(HttpRequest.BodyPublishers.ofString("{}")));
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(instance.get("/sessions/triage/history").statusCode()).isEqualTo(404);
        }
    }
}
