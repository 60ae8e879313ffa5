package dev.meerkat.store.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections whose statements meet a test before they go to the server, and after its answer has come. */
final class Intercepted {
    private Intercepted() {}

    /** What a test does at a statement; may throw what the server would answer. */
    @FunctionalInterface
    interface At {
        void statement(String sql) throws SQLException;
    }

    static DataSource source(DataSource real, At before, At after) {
        return proxy(DataSource.class, real, null, before, after);
    }

    private static <T> T proxy(Class<T> type, Object real, @Nullable String sql, At before, At after) {
        return type.cast(Proxy.newProxyInstance(
                Intercepted.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    boolean runs = real instanceof Statement && method.getName().startsWith("execute");
                    String text = arguments != null && arguments.length > 0 && arguments[0] instanceof String given
                            ? given
                            : sql;
                    if (runs) {
                        before.statement(text);
                    }
                    Object result = invoke(real, method, arguments);
                    if (runs) {
                        after.statement(text);
                    }
                    for (Class<?> made : new Class<?>[] {Connection.class, PreparedStatement.class, Statement.class}) {
                        if (method.getReturnType() == made) {
                            return proxy(made, result, text, before, after);
                        }
                    }
                    return result;
                }));
    }

    private static Object invoke(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
