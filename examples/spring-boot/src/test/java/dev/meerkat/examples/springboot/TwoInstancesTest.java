package dev.meerkat.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of the application, on one database and at the same time. */
@Timeout(600)
class TwoInstancesTest {
    private static final int DELIVERIES = 20;

    @TempDir
    Path directory;

    @Test
    void whatOneInstanceTakesIsSeenAtTheOtherWhichGoesOnAloneWhenTheFirstIsKilled() throws Exception {
        List<String> arguments = Databases.createOne();
        try (Instance first = Instance.begin(directory, arguments);
                Instance second = Instance.begin(directory, arguments)) {
            first.awaitStart();
            second.awaitStart();
            for (int run = 1; run <= DELIVERIES; run++) {
                assertThat(first.deliver(run).statusCode()).isEqualTo(202);
            }
            assertThat(second.answered(DELIVERIES)).hasSize(DELIVERIES).doesNotHaveDuplicates();
            assertThat(second.deliver(1).statusCode()).as("a duplicate").isEqualTo(200);

            Deliveries load = Deliveries.flowInto(first, DELIVERIES, DELIVERIES);
            first.kill(); // while deliveries come in
            int all = load.awaitEnd();
            for (int run = 1; run <= all; run++) {
                assertThat(second.deliver(run).statusCode()).isIn(200, 202);
            }
            assertThat(second.answered(all)).hasSize(all).doesNotHaveDuplicates();
            assertThat(second.get("/actuator/health").body()).contains("\"deadLetters\":false");
        }
    }

    @Test
    void anInstanceThatIsShutDownUnderLoadLeavesItsWorkToTheOtherAndBurnsNothing() throws Exception {
        List<String> arguments = Databases.createOne();
        try (Instance first = Instance.begin(directory, arguments);
                Instance second = Instance.begin(directory, arguments)) {
            first.awaitStart();
            second.awaitStart();
            Deliveries load = Deliveries.flowInto(first, 0, DELIVERIES);
            first.terminate(); // while deliveries come in
            int all = load.awaitEnd();
            first.awaitOrderlyEnd();
            for (int run = 1; run <= all; run++) {
                assertThat(second.deliver(run).statusCode()).isIn(200, 202);
            }
            assertThat(second.answered(all)).hasSize(all).doesNotHaveDuplicates();
            second.assertNothingBurned();
        }
    }
}
