package dev.meerkat.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TraceContext;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.ParkSessionException;
import dev.meerkat.core.store.MemoryStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Notifications, as a receiver gets them. */
@Timeout(300)
class NotificationsTest {
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final WebhookSecret SECRET =
            WebhookSecret.of("whsec_" + Base64.getEncoder().encodeToString(KEY));
    private static final Duration LOOK = Duration.ofMillis(20);

    @TempDir
    Path directory;

    private final MemoryStore store = MemoryStore.create();
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
    private final AtomicInteger taken = new AtomicInteger();
    private Agent agent = turn -> "the secret answer";
    private HttpServer server;
    private URI url;

    /** A notification that came. */
    private record Told(String id, String timestamp, String signature, String trace, String body) {
        String type() {
            return Json.parse(body).at("/type").orElseThrow().as(String.class);
        }

        long cursor() {
            return Json.parse(body).at("/data/cursor").orElseThrow().as(Long.class);
        }
    }

    @BeforeEach
    void receive() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
        url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/told");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getRequestHeaders();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Integer status = statuses.poll();
            int unused = taken.incrementAndGet();
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status == null ? 204 : status, -1);
            String path = exchange.getRequestURI().getPath();
            told.add(new Told(
                    path.equals("/told") ? headers.getFirst("webhook-id") : path,
                    headers.getFirst("webhook-timestamp"),
                    headers.getFirst("webhook-signature"),
                    headers.getOrDefault("traceparent", List.of("")).get(0),
                    body));
        }
    }

    private Told next() throws InterruptedException {
        Told next = told.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("a notification").isNotNull();
        return next;
    }

    private Meerkat open() {
        return MeerkatRuntime.of(agent).retry(RetryPolicy.none()).store(store).open();
    }

    /** What a test does while notifications go out. */
    private interface Work {
        void run(Meerkat meerkat) throws Exception;
    }

    private void telling(NotificationPositions positions, Work work) throws Exception {
        telling(target(), positions, work);
    }

    private void telling(NotificationTarget target, NotificationPositions positions, Work work) throws Exception {
        try (Meerkat meerkat = open()) {
            Notifications running = Notifications.start(meerkat, List.of(target), positions, LOOK);
            try {
                work.run(meerkat);
            } finally {
                running.close();
            }
        }
    }

    private NotificationTarget target() {
        return NotificationTarget.of("ops", url, SECRET);
    }

    private static void ask(Session session) throws InterruptedException {
        assertThat(session.startTurn("more").await(Duration.ofSeconds(60))).isPresent();
    }

    private static Session create(Meerkat meerkat, String name) throws InterruptedException {
        Session session = meerkat.create(SessionSpec.ofPrompt("hello").withKeepAliveAs(name));
        assertThat(session.initialTurn().orElseThrow().await(Duration.ofSeconds(60)))
                .isPresent();
        return session;
    }

    @Test
    void theEndOfATurnIsToldWithASignatureAndWithoutWhatWasSaid() throws Exception {
        telling(NotificationPositions.inMemory(), meerkat -> {
            Session session = create(meerkat, "agent-a");
            Told first = next();
            assertThat(first.type()).isEqualTo("turn_completed");
            assertThat(first.body())
                    .contains(session.id().toString(), "\"agent-a\"")
                    .doesNotContain("secret answer");
            assertThat(first.id()).isEqualTo("evt_" + session.id() + "_" + first.cursor());

            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            String signed = first.id() + "." + first.timestamp() + "." + first.body();
            assertThat(first.signature())
                    .isEqualTo("v1,"
                            + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
            Verification.standardWebhooks(Verification.TOLERANCE, SECRET)
                    .check(
                            new WebhookRequest(
                                    "POST",
                                    Map.of(
                                            "webhook-id", List.of(first.id()),
                                            "webhook-timestamp", List.of(first.timestamp()),
                                            "webhook-signature", List.of(first.signature())),
                                    first.body().getBytes(StandardCharsets.UTF_8)),
                            first.body().getBytes(StandardCharsets.UTF_8),
                            Clock.systemUTC().instant());
            ask(session);
            ask(session);
            assertThat(next().cursor()).isGreaterThan(first.cursor()).isLessThan(next().cursor());
        });
    }

    @Test
    void aFailedTurnAndItsDeadLettersAreTold() throws Exception {
        agent = turn -> {
            throw new IllegalStateException("does not work");
        };
        telling(NotificationPositions.inMemory(), meerkat -> {
            create(meerkat, "agent-a");
            assertThat(Set.of(next().type(), next().type())).isEqualTo(Set.of("turn_failed", "input_dead_lettered"));
        });
    }

    @Test
    void aSessionThatWaitsForSomebodyIsTold() throws Exception {
        agent = turn -> {
            throw new ParkSessionException("needs_approval", "may it deploy?");
        };
        telling(NotificationPositions.inMemory(), meerkat -> {
            Session session = create(meerkat, "agent-a");
            Told parked = next();
            assertThat(parked.type()).isEqualTo("session_parked");
            assertThat(parked.body()).contains(session.id().toString()).doesNotContain("may it deploy?");
        });
    }

    @Test
    void theTraceOfTheInputsGoesAlong() throws Exception {
        TraceContext trace = new TraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        telling(NotificationPositions.inMemory(), meerkat -> {
            Session session = create(meerkat, "agent-a");
            assertThat(next().trace()).isEmpty();
            TraceContext.Scope scope = TraceContext.enter(trace);
            try (scope) {
                ask(session);
            }
            assertThat(next().trace()).isEqualTo(trace.traceParent());
        });
        agent = turn -> {
            throw new IllegalStateException("does not work");
        };
        telling(target().withTypes(Set.of("input_dead_lettered")), NotificationPositions.inMemory(), meerkat -> {
            TraceContext.Scope scope = TraceContext.enter(trace);
            try (scope) {
                ask(meerkat.open("agent-a"));
            }
            assertThat(next().trace()).isEqualTo(trace.traceParent());
        });
    }

    @Test
    void ofProcessesThatShareTheirPositionsOneTellsAndAnotherGoesOnWhenItEnds() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                Meerkat meerkat = open()) {
            DataSource database = postgres.getPostgresDatabase();
            Duration claim = Duration.ofSeconds(60);
            List<String> ids = new ArrayList<>();
            Notifications first =
                    Notifications.start(meerkat, List.of(target()), PostgresPositions.open(database, claim), LOOK);
            Session session = create(meerkat, "agent-a");
            ids.add(next().id());
            Notifications second =
                    Notifications.start(meerkat, List.of(target()), PostgresPositions.open(database, claim), LOOK);
            try {
                for (int i = 0; i < 5; i++) {
                    ask(session);
                    ids.add(next().id());
                }
            } finally {
                first.close();
            }
            try {
                ask(session);
                ids.add(next().id());
            } finally {
                second.close();
            }
            assertThat(told).isEmpty();
            assertThat(ids).doesNotHaveDuplicates();
        }
    }

    @Test
    void ofProcessesThatMakeTheTablesTogetherOneDoes() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            boolean unused = statement.execute(PostgresPositions.LOCK);
            List<CompletableFuture<PostgresPositions>> opened = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                opened.add(CompletableFuture.supplyAsync(
                        () -> PostgresPositions.open(postgres.getPostgresDatabase()),
                        task -> new Thread(task, "opens").start()));
            }
            awaitWaiting(statement, opened.size());
            connection.rollback();
            for (CompletableFuture<PostgresPositions> one : opened) {
                assertThat(one.get(60, TimeUnit.SECONDS).read("ops")).isEmpty();
            }
        }
    }

    /** Until all have seen that the tables are not there. */
    private static void awaitWaiting(Statement statement, int all) throws SQLException {
        long waiting;
        do {
            try (ResultSet row = statement.executeQuery(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")) {
                row.next();
                waiting = row.getLong(1);
            }
            Thread.onSpinWait();
        } while (waiting < all);
    }

    @Test
    void aTransactionThatTheServerEndsForAnotherOneIsMadeAgainForSomeTimes() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            AtomicInteger ends = new AtomicInteger();
            PostgresPositions positions = PostgresPositions.open(ending(postgres.getPostgresDatabase(), ends));
            SessionId session = new SessionId(new UUID(0, 1));
            ends.set(2);
            positions.begin("ops", Map.of(session, new Cursor(3)));
            assertThat(ends).hasValue(0);
            assertThat(positions.read("ops")).contains(Map.of(session, new Cursor(3)));

            ends.set(1_000);
            assertThatThrownBy(() -> positions.write("ops", session, new Cursor(4)))
                    .isInstanceOf(StoreException.class);
            assertThat(ends).hasValue(990);

            ends.set(0);
            assertThat(positions.read("ops")).contains(Map.of(session, new Cursor(3)));
        }
    }

    /** Connections of which so many commits end as those of a victim. */
    private static DataSource ending(DataSource real, AtomicInteger ends) {
        return (DataSource) Proxy.newProxyInstance(
                NotificationsTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, arguments) -> ending((Connection) method.invoke(real, arguments), ends));
    }

    private static Connection ending(Connection real, AtomicInteger ends) {
        return (Connection) Proxy.newProxyInstance(
                NotificationsTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("commit") && ends.get() > 0) {
                        ends.decrementAndGet();
                        throw new SQLException("deadlock detected", "40P01");
                    }
                    return method.invoke(real, arguments);
                });
    }

    @Test
    void aProcessThatSaysNothingMoreIsReplaced() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            DataSource database = postgres.getPostgresDatabase();
            PostgresPositions dead = PostgresPositions.open(database, Duration.ofSeconds(2));
            dead.begin("ops", Map.of());
            assertThat(dead.claim("ops")).isTrue();
            PostgresPositions other = PostgresPositions.open(database, Duration.ofSeconds(60));
            assertThat(other.claim("ops")).as("the first has just claimed it").isFalse();
            telling(other, meerkat -> {
                Session session = create(meerkat, "agent-a");
                Told only = next();
                assertThat(only.body()).contains("agent-a");
                assertThat(dead.claim("ops")).as("it has lost the target").isFalse();
                // Late, and of no effect.
                dead.write("ops", session.id(), Cursor.START);
            });
            assertThat(other.read("ops").orElseThrow().values()).singleElement().isNotEqualTo(Cursor.START);
        }
    }

    @Test
    void whatIsNotTakenComesAgainUnderTheSameIdAndRedirectsAreNotFollowed() throws Exception {
        statuses.addAll(List.of(500, 302));
        telling(NotificationPositions.inMemory(), meerkat -> {
            Session session = create(meerkat, "agent-a");
            String id = next().id();
            assertThat(id).startsWith("evt_" + session.id());
            assertThat(next().id()).isEqualTo(id);
            assertThat(next().id()).isEqualTo(id);
            ask(session);
            assertThat(next().id()).isNotEqualTo(id);
        });
    }

    @Test
    void afterARestartWhatHappenedMeanwhileIsToldAndNothingElse() throws Exception {
        Path file = directory.resolve("positions");
        try (Meerkat meerkat = open()) {
            create(meerkat, "before");
        }
        telling(NotificationPositions.inFile(file), meerkat -> {
            create(meerkat, "agent-a");
            assertThat(next().body()).contains("agent-a");
        });
        try (Meerkat meerkat = open()) {
            Session session = meerkat.open("agent-a");
            ask(session);
            ask(meerkat.open("before"));
            session.archive();
        }
        List<String> ids = new ArrayList<>();
        telling(NotificationPositions.inFile(file), meerkat -> {
            Told first = next();
            Told second = next();
            ids.addAll(List.of(first.id(), second.id()));
            assertThat(first.body() + second.body()).contains("\"agent-a\"", "\"before\"");
        });
        telling(NotificationPositions.inFile(file), meerkat -> {
            ask(meerkat.open("before"));
            assertThat(ids).doesNotContain(next().id());
        });
        assertThat(told).isEmpty();
    }

    @Test
    void aPositionThatWasNotKeptTellsTheSameEventAgainUnderTheSameId() throws Exception {
        AtomicBoolean lost = new AtomicBoolean(true);
        NotificationPositions memory = NotificationPositions.inMemory();
        NotificationPositions failing = new NotificationPositions() {
            @Override
            public Optional<Map<SessionId, Cursor>> read(String target) {
                return memory.read(target);
            }

            @Override
            public void begin(String target, Map<SessionId, Cursor> positions) {
                memory.begin(target, positions);
            }

            @Override
            public void write(String target, SessionId session, Cursor position) {
                if (taken.get() > 0 && lost.getAndSet(false)) {
                    throw new IllegalStateException("the disk is full");
                }
                memory.write(target, session, position);
            }

            @Override
            public void forget(String target, SessionId session) {
                memory.forget(target, session);
            }
        };
        telling(failing, meerkat -> {
            create(meerkat, "agent-a");
            assertThat(next().id()).isEqualTo(next().id());
        });
    }

    @Test
    void onlyTheSessionAndTheTypesOfATargetAreTold() throws Exception {
        NotificationTarget one = target().withSession("agent-b").withTypes(Set.of("turn_started"));
        telling(one, NotificationPositions.inMemory(), meerkat -> {
            create(meerkat, "agent-a");
            create(meerkat, "agent-b");
            Told only = next();
            assertThat(only.type()).isEqualTo("turn_started");
            assertThat(only.body()).contains("agent-b");
        });
        assertThat(told).isEmpty();
    }

    @Test
    void aReceiverThatIsGoneIsToldNothingMore() throws Exception {
        statuses.add(410);
        telling(NotificationPositions.inMemory(), meerkat -> {
            Session session = create(meerkat, "agent-a");
            next();
            ask(session);
        });
        assertThat(told).isEmpty();
    }

    @Test
    void targetsThatCannotBeAreRefusedByField() {
        NotificationTarget good = target();
        for (String wrong :
                List.of("http://example.org/", "ftp://127.0.0.1/", "https://user@example.org/", "https:x")) {
            assertThatThrownBy(() -> NotificationTarget.of("ops", URI.create(wrong), SECRET))
                    .isInstanceOf(InvalidFieldException.class)
                    .hasMessageContaining("url");
        }
        assertThatThrownBy(() -> NotificationTarget.of("a b", good.url(), SECRET))
                .hasMessageContaining("name");
        assertThatThrownBy(() -> good.withTypes(Set.of("turn_complete"))).hasMessageContaining("turn_completed");
        assertThatThrownBy(() -> NotificationTarget.of("ops", good.url(), WebhookSecret.of("whsec_?")))
                .hasMessageContaining("secret")
                .hasMessageNotContaining("whsec_?");
        try (Meerkat meerkat = open()) {
            assertThatThrownBy(
                            () -> Notifications.start(meerkat, List.of(good, good), NotificationPositions.inMemory()))
                    .hasMessageContaining("ops");
        }
    }

    @Test
    void positionsInAFileSurviveWhatACrashMayLeaveAndOtherFilesAreRefused() throws Exception {
        Path file = directory.resolve("positions");
        SessionId session = SessionId.of("01a22cc8-69bf-7000-a843-228baaa87706");
        NotificationPositions first = NotificationPositions.inFile(file);
        assertThat(first.read("ops")).isEmpty();
        first.begin("ops", Map.of());
        for (int i = 1; i <= 25_000; i += 1000) {
            first.write("ops", session, new Cursor(i));
        }
        Files.writeString(
                file,
                Files.readString(file) + "at other " + session + " 7\nat ops " + session + " 99",
                StandardCharsets.UTF_8);
        NotificationPositions second = NotificationPositions.inFile(file);
        assertThat(second.read("ops")).contains(Map.of(session, new Cursor(24_001)));
        assertThat(second.read("other")).as("has not wholly begun").isEmpty();
        second.forget("ops", session);
        assertThat(NotificationPositions.inFile(file).read("ops")).contains(Map.of());

        Path other = Files.writeString(directory.resolve("other"), "something else\n");
        assertThatThrownBy(() -> NotificationPositions.inFile(other)).hasMessageContaining(other.toString());
        assertThat(other).hasContent("something else");
    }
}
