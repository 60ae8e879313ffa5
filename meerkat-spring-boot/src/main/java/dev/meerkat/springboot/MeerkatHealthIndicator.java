package dev.meerkat.springboot;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.core.Health.Problem;
import dev.meerkat.core.Health.Status;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.postgres.PostgresNode;
import dev.meerkat.store.postgres.PostgresStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.util.ClassUtils;

/**
 * Tells the health of a {@link Meerkat}: down if it takes no work, or if its server cannot be reached. Problems of single
 * sessions, those that a server tells of, and dead letters are details of a Meerkat that is up: all others go on, and
 * another instance of the application would do no better.
 */
final class MeerkatHealthIndicator extends AbstractHealthIndicator {
    /** Details are for people, and the first problems say what is wrong. */
    private static final int MOST_PROBLEMS = 20;

    private static final boolean POSTGRES = ClassUtils.isPresent(
            "dev.meerkat.store.postgres.PostgresStore", MeerkatHealthIndicator.class.getClassLoader());

    private static final boolean CLIENT =
            ClassUtils.isPresent("dev.meerkat.client.RemoteMeerkat", MeerkatHealthIndicator.class.getClassLoader());

    private final Meerkat meerkat;

    private final @Nullable SessionStore store;

    MeerkatHealthIndicator(Meerkat meerkat, @Nullable SessionStore store) {
        super("Meerkat cannot be asked how it is");
        this.meerkat = meerkat;
        this.store = store;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) throws InterruptedException {
        builder.up();
        if (meerkat instanceof HealthCheck check) {
            dev.meerkat.core.Health health = check.health();
            problems(
                    builder,
                    health.problems().stream()
                            .map(MeerkatHealthIndicator::detail)
                            .toList());
            if (health.status() == Status.UNAVAILABLE) {
                // The store may not be there to be asked for more.
                builder.down();
                return;
            }
        } else if (CLIENT) {
            Remote.tell(meerkat, builder);
        }
        if (meerkat.capabilities().has(Capability.DEAD_LETTERS)) {
            SessionStore sessions = store;
            if (sessions != null) {
                if (POSTGRES) {
                    Nodes.tell(sessions, builder);
                }
                OldestWaiting.in(sessions).ifPresent(at -> builder.withDetail("oldestWaitingSince", at.toString()));
            }
            // One is enough to know, and each may be large.
            builder.withDetail(
                    "deadLetters", !meerkat.deadLetters(0, 1).deadLetters().isEmpty());
        }
    }

    private static void problems(Health.Builder builder, List<?> problems) {
        builder.withDetail("problemCount", problems.size());
        builder.withDetail("problems", problems.stream().limit(MOST_PROBLEMS).toList());
    }

    private static Map<String, String> detail(Problem problem) {
        Map<String, String> detail = new LinkedHashMap<>();
        detail.put("code", problem.code());
        detail.put("message", problem.message());
        problem.session().ifPresent(session -> detail.put("session", session.toString()));
        return detail;
    }

    /** Loaded only where the store on PostgreSQL is on the class path. */
    private static final class Nodes {
        static void tell(SessionStore store, Health.Builder builder) {
            if (store instanceof PostgresStore shared) {
                builder.withDetail(
                        "nodes", shared.nodes().stream().map(Nodes::detail).toList());
            }
        }

        private static Map<String, Object> detail(PostgresNode node) {
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("name", node.name());
            detail.put("self", node.self());
            detail.put("serving", node.serving());
            detail.put("shards", node.shards());
            detail.put("leaseLeft", node.leaseLeft().toString());
            return detail;
        }
    }

    /** Loaded only where the client is on the class path. */
    private static final class Remote {
        static void tell(Meerkat meerkat, Health.Builder builder) throws InterruptedException {
            if (meerkat instanceof RemoteMeerkat server) {
                problems(builder, server.checkHealth());
                builder.withDetail("contractVersion", server.contractVersion());
            }
        }
    }
}
