package dev.meerkat.cli;

import dev.meerkat.cli.DoctorCommand.Finding;
import dev.meerkat.store.postgres.PostgresNode;
import dev.meerkat.store.postgres.PostgresOptions;
import dev.meerkat.store.postgres.PostgresReport;
import dev.meerkat.store.postgres.PostgresReport.Backlog;
import dev.meerkat.store.postgres.PostgresReport.Durability;
import dev.meerkat.store.postgres.PostgresReport.Standby;
import dev.meerkat.store.postgres.PostgresStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;

/** Looks at a store in PostgreSQL, and at the nodes that share it. */
final class DatabaseDoctor {
    /** So long after the end of a lease at most do the other processes see it. */
    private static final Duration NOTICED = Duration.ofSeconds(5);

    private final DataSource source;
    private final String schema;

    DatabaseDoctor(DataSource source, String schema) {
        this.source = source;
        this.schema = schema;
    }

    List<Finding> look() {
        PostgresReport report = PostgresReport.of(source, schema);
        List<Finding> findings = new ArrayList<>();
        findings.add(durability(report.durability()));
        findings.add(tables(report));
        if (report.version() == report.newestVersion()) {
            findings.add(nodes(report.nodes()));
            findings.add(waiting(report));
            findings.add(sessions());
        }
        return findings;
    }

    private static Finding durability(Durability durability) {
        List<String> standbys = durability.standbys().stream()
                .map(standby -> standby.name() + " (" + standby.state().orElse("state not visible to this role") + ", "
                        + standby.mode().orElse("-") + ")")
                .toList();
        String names = durability.synchronousStandbyNames();
        String found = "synchronous_commit = " + durability.synchronousCommit()
                + ", fsync = " + (durability.fsync() ? "on" : "off")
                + ", synchronous_standby_names = " + (names.isEmpty() ? "none" : names)
                + ", standbys: " + (standbys.isEmpty() ? "none" : String.join(", ", standbys))
                + ": " + durability.promise();
        return new Finding(
                "durability",
                found,
                durability.toDo(),
                Optional.of(new Documents.Raw(Documents.object(
                        "synchronous_commit",
                        durability.synchronousCommit(),
                        "fsync",
                        durability.fsync(),
                        "synchronous_standby_names",
                        names,
                        "standbys",
                        Documents.Raw.list(durability.standbys().stream()
                                .map(DatabaseDoctor::document)
                                .toList()),
                        "promise",
                        durability.promise()))));
    }

    private static Documents.Raw document(Standby standby) {
        return new Documents.Raw(
                Documents.object("name", standby.name(), "state", standby.state(), "mode", standby.mode()));
    }

    private static Finding tables(PostgresReport report) {
        String at = report.place() + ", PostgreSQL " + report.server();
        Optional<String> toDo = report.version() > report.newestVersion()
                ? Optional.of("use the version of Meerkat that has written it")
                : Optional.empty();
        String found = report.version() == 0
                ? "has no tables yet; the first process that opens it makes them"
                : report.version() < report.newestVersion()
                        ? "has version " + report.version() + "; the next process that opens it makes version "
                                + report.newestVersion()
                        : "has version " + report.version();
        return new Finding(
                "tables",
                at + " " + found,
                toDo,
                Optional.of(new Documents.Raw(Documents.object(
                        "server",
                        report.server(),
                        "version",
                        report.version(),
                        "newest_version",
                        report.newestVersion()))));
    }

    private static Finding nodes(List<PostgresNode> nodes) {
        int owned = nodes.stream().mapToInt(PostgresNode::shards).sum();
        List<String> ended = nodes.stream()
                .filter(node -> node.leaseLeft().plus(NOTICED).isNegative())
                .map(PostgresNode::name)
                .toList();
        List<String> texts = nodes.stream().map(DatabaseDoctor::text).toList();
        return new Finding(
                "nodes",
                nodes.isEmpty()
                        ? "no process has the store open"
                        : String.join("; ", texts) + "; " + owned + " of " + PostgresStore.SHARDS + " shards are owned",
                ended.isEmpty()
                        ? Optional.empty()
                        : Optional.of("no process has seen yet that the lease has ended of " + String.join(", ", ended)
                                + ": if that lasts, start a process"),
                Optional.of(Documents.Raw.list(
                        nodes.stream().map(DatabaseDoctor::document).toList())));
    }

    private static String text(PostgresNode node) {
        return node.name()
                + (node.serving() ? " has " + node.shards() + " shards" : " takes no sessions")
                + (node.leaseLeft().isNegative() ? ", its lease ended " : ", its lease lasts ")
                + seconds(node.leaseLeft().abs())
                + (node.leaseLeft().isNegative() ? " ago" : "");
    }

    private static Documents.Raw document(PostgresNode node) {
        return new Documents.Raw(Documents.object(
                "name",
                node.name(),
                "serving",
                node.serving(),
                "shards",
                node.shards(),
                "lease_left_ms",
                node.leaseLeft().toMillis()));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }

    private static Finding waiting(PostgresReport report) {
        Backlog backlog = report.backlog();
        Optional<Duration> lag = backlog.oldest().map(at -> Duration.between(at, Instant.now()));
        String found = backlog.sessions() == 0
                ? "no session has something to do"
                : backlog.sessions() + " sessions have something to do"
                        + lag.map(since -> ", the oldest input waits for " + seconds(since))
                                .orElse("");
        boolean stuck = backlog.withoutOwner() > 0 && report.nodes().stream().noneMatch(PostgresNode::serving);
        return new Finding(
                "waiting",
                found,
                stuck ? Optional.of("no process runs their turns: start one, such as meerkat serve") : Optional.empty(),
                Optional.of(new Documents.Raw(Documents.object(
                        "sessions",
                        backlog.sessions(),
                        "without_owner",
                        backlog.withoutOwner(),
                        "oldest_ms",
                        lag.map(Duration::toMillis)))));
    }

    private Finding sessions() {
        PostgresOptions options = PostgresOptions.defaults().withSchema(schema).withNodeName("meerkat doctor");
        try (PostgresStore store = PostgresStore.open(source, options)) {
            StoreCheck check = StoreCheck.of(store);
            boolean sound = check.problems().isEmpty();
            return new Finding(
                    "store",
                    sound ? DoctorCommand.readable(check) : DoctorCommand.unreadable(check),
                    sound ? Optional.empty() : Optional.of("the others go on; restore the tables from a backup"),
                    Optional.empty());
        }
    }
}
