package dev.meerkat.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.store.postgres.PostgresOptions;
import dev.meerkat.store.postgres.PostgresStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A runtime on a store in PostgreSQL, with its pool. */
final class SharingNode implements AutoCloseable {
    private static final int CONNECTIONS = 10;

    private final HikariDataSource pool;
    private final PostgresStore store;
    private final Meerkat meerkat;

    private SharingNode(HikariDataSource pool, PostgresStore store, Meerkat meerkat) {
        this.pool = pool;
        this.store = store;
        this.meerkat = meerkat;
    }

    static SharingNode open(String url, String schema, String name, boolean hints, Agent agent, RuntimeLimits limits) {
        HikariDataSource pool = pool(url);
        PostgresStore store = PostgresStore.open(
                hints ? pool : deaf(pool),
                PostgresOptions.defaults().withSchema(schema).withNodeName(name));
        return new SharingNode(
                pool,
                store,
                MeerkatRuntime.of(agent).store(store).limits(limits).open());
    }

    static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(CONNECTIONS);
        return new HikariDataSource(config);
    }

    /** Its connections refuse LISTEN, as PgBouncer in transaction mode loses what comes of it. */
    private static DataSource deaf(HikariDataSource pool) {
        return proxy(DataSource.class, pool);
    }

    private static <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                SharingNode.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (arguments != null
                            && arguments.length == 1
                            && String.valueOf(arguments[0]).startsWith("LISTEN")) {
                        throw new SQLException("no hints in this measurement", "0A000");
                    }
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (method.getReturnType() == Connection.class) {
                        return proxy(Connection.class, (Connection) result);
                    }
                    return method.getReturnType() == Statement.class
                            ? proxy(Statement.class, (Statement) result)
                            : result;
                }));
    }

    Meerkat meerkat() {
        return meerkat;
    }

    /** Opens sessions by their names, and creates those that are not there. */
    List<Session> sessions(int count, boolean keepAlive) throws InterruptedException {
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SessionSpec spec = SessionSpec.withoutPrompt();
            sessions.add(meerkat.openOrCreate(
                    keepAlive ? spec.withKeepAliveAs("session-" + i) : spec.withCommsName("session-" + i)));
        }
        return sessions;
    }

    @Override
    public void close() {
        meerkat.close();
        store.close();
        pool.close();
    }
}
