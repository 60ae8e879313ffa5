package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.store.postgres.PostgresReport.Durability;
import dev.meerkat.store.postgres.PostgresReport.Standby;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresReportTest {
    private static final List<Standby> NONE = List.of();

    private final PostgresOptions options = TestServer.fresh();

    @AfterEach
    void drop() {
        TestServer.drop(options);
    }

    @Test
    void settingsAreToldAsWhatTheyPromise() {
        Durability alone = new Durability("on", true, "", NONE);
        assertThat(alone.promise()).endsWith("a standby that is promoted may lack the last ones");
        assertThat(alone.toDo()).isEmpty();

        Durability off = new Durability("off", true, "", NONE);
        assertThat(off.promise()).contains("may be lost");
        assertThat(off.toDo()).contains("set synchronous_commit = on");

        assertThat(new Durability("on", false, "", NONE).toDo()).contains("set fsync = on");

        Durability waiting = new Durability("on", true, "FIRST 1 (a)", NONE);
        assertThat(waiting.toDo()).isPresent();
        Standby standby = new Standby("a", Optional.of("streaming"), Optional.of("sync"));
        Durability both = new Durability("on", true, "FIRST 1 (a)", List.of(standby));
        assertThat(both.promise()).contains("the disk of a standby");
        assertThat(both.toDo()).isEmpty();
    }

    @Test
    void aSchemaWithoutTablesIsLookedAtAndStaysAsItIs() {
        PostgresReport report = PostgresReport.of(TestServer.source(), options.schema());

        assertThat(report.version()).isZero();
        assertThat(report.nodes()).isEmpty();
        assertThat(PostgresReport.of(TestServer.source(), options.schema()).version())
                .isZero();
    }

    @Test
    void nodesAndSessionsThatWaitAreTold() throws Exception {
        try (PostgresStore store = PostgresStore.open(TestServer.source(), options.withNodeName("one"))) {
            Script.create(store, "a");

            PostgresReport report = PostgresReport.of(TestServer.source(), options.schema());

            assertThat(report.version()).isEqualTo(report.newestVersion());
            assertThat(report.nodes()).extracting(PostgresNode::name).containsExactly("one");
            assertThat(report.backlog().sessions()).isEqualTo(1);
            assertThat(report.backlog().withoutOwner()).isEqualTo(1);
            assertThat(report.backlog().oldest()).contains(Script.AT);
        }
    }
}
