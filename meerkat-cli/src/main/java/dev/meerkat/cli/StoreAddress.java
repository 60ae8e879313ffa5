package dev.meerkat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.postgres.PostgresOptions;
import dev.meerkat.store.postgres.PostgresStore;
import dev.meerkat.store.sqlite.SqliteStore;
import dev.meerkat.webhooks.NotificationPositions;
import dev.meerkat.webhooks.PostgresPositions;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a store is, as {@code --store} says. */
sealed interface StoreAddress {
    /** A file of SQLite. */
    record SqliteFile(Path path) implements StoreAddress {
        @Override
        public OpenStore open(Surroundings surroundings) {
            return new OpenStore(SqliteStore.open(path), () -> {});
        }

        @Override
        public OpenPositions positions(Surroundings surroundings) {
            Path beside = path.resolveSibling(path.getFileName() + ".notifications");
            return new OpenPositions(NotificationPositions.inFile(beside), () -> {});
        }

        @Override
        public Path file(String refusal) {
            return path;
        }

        @Override
        public void checkThere() {
            if (!Files.exists(path)) {
                throw new InvalidFieldException("--store", path.toString(), "is no file");
            }
        }

        @Override
        public void check(Checks checks) throws InterruptedException {
            checks.file(path);
        }
    }

    /**
     * A schema of a PostgreSQL database.
     *
     * @param text as it was given
     * @param jdbcUrl for the driver; without a user and a password
     * @param user the role, or null for that of the driver
     * @param schema the schema that holds the tables
     */
    record PostgresSchema(
            String text, String jdbcUrl, @Nullable String user, String schema) implements StoreAddress {
        private static final int CONNECTIONS = 8;
        private static final long CONNECT_MS = 5_000;

        @Override
        public OpenStore open(Surroundings surroundings) {
            HikariDataSource pool = pool(surroundings);
            try {
                PostgresOptions options =
                        PostgresOptions.defaults().withSchema(schema).withNodeName(nodeName());
                return new OpenStore(PostgresStore.open(pool, options), pool::close);
            } catch (MeerkatException e) {
                pool.close();
                throw e;
            }
        }

        @Override
        public OpenPositions positions(Surroundings surroundings) {
            HikariDataSource pool = pool(surroundings, 1, schema);
            try {
                return new OpenPositions(PostgresPositions.open(pool), pool::close);
            } catch (MeerkatException e) {
                pool.close();
                throw e;
            }
        }

        /** For the store. */
        HikariDataSource pool(Surroundings surroundings) {
            return pool(surroundings, CONNECTIONS, null);
        }

        /** The pool connects at once, so that it tells what is wrong instead of that none was free. */
        private HikariDataSource pool(Surroundings surroundings, int connections, @Nullable String inSchema) {
            HikariConfig config = new HikariConfig();
            config.setPoolName("meerkat-store");
            config.setJdbcUrl(jdbcUrl);
            config.setMaximumPoolSize(connections);
            config.setSchema(inSchema);
            config.setConnectionTimeout(CONNECT_MS);
            Optional.ofNullable(user).or(() -> surroundings.variable("PGUSER")).ifPresent(config::setUsername);
            CommandSecrets.read(surroundings, "--store", null, CommandSecrets.Variable.PGPASSWORD)
                    .ifPresent(config::setPassword);
            try {
                return new HikariDataSource(config);
            } catch (HikariPool.PoolInitializationException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new StoreException("the database " + text + " cannot be used: " + cause.getMessage(), e);
            }
        }

        /** How other processes name this one in their messages. */
        private static String nodeName() {
            String host;
            try {
                host = InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                host = "a host without a name";
            }
            return host + " process " + ProcessHandle.current().pid();
        }

        @Override
        public Path file(String refusal) {
            throw new InvalidFieldException("--store", text, refusal);
        }

        /** Opening it makes what is missing, but no session. */
        @Override
        public void checkThere() {}

        @Override
        public void check(Checks checks) throws InterruptedException {
            checks.database(this);
        }
    }

    /**
     * An open store, with what it stands on.
     *
     * @param store the store
     * @param beneath closed after it
     */
    record OpenStore(SessionStore store, Runnable beneath) {}

    /**
     * How far notifications are, with what that stands on.
     *
     * @param positions the positions
     * @param beneath closed after their last use
     */
    record OpenPositions(NotificationPositions positions, Runnable beneath) {}

    /** Opens the store. */
    OpenStore open(Surroundings surroundings);

    /** Opens the positions of notifications that belong to the store, which has been opened before. */
    OpenPositions positions(Surroundings surroundings);

    /**
     * The file, for a command that can use nothing else.
     *
     * @param refusal why a database is refused
     */
    Path file(String refusal);

    /** Refuses a file that is not there, which opening would make. */
    void checkThere();

    /** Looks at the store, without opening it for work. */
    void check(Checks checks) throws InterruptedException;

    /** What there is to check, for each kind of store. */
    interface Checks {
        /** A file. */
        void file(Path path) throws InterruptedException;

        /** A database. */
        void database(PostgresSchema schema) throws InterruptedException;
    }

    /** Reads what stands after {@code --store}. */
    final class Converter implements ITypeConverter<StoreAddress> {
        @Override
        public StoreAddress convert(String text) {
            if (!text.startsWith("postgresql://") && !text.startsWith("postgres://")) {
                return new SqliteFile(Path.of(text));
            }
            try {
                return database(text);
            } catch (InvalidFieldException e) {
                // Of any other exception the command would repeat the address as it was given, with a password in it.
                throw new TypeConversionException(e.getMessage());
            }
        }

        private static PostgresSchema database(String text) {
            URI uri;
            try {
                uri = new URI(text);
            } catch (URISyntaxException e) {
                throw invalid(
                        text.replaceFirst("//.*@", "//...@"),
                        "must be postgresql://[USER@]HOST[:PORT]/DATABASE[?schema=SCHEMA]",
                        e);
            }
            String user = uri.getUserInfo();
            if (user != null && user.contains(":")) {
                throw invalid(
                        "postgresql://...@" + uri.getHost(),
                        "must have no password, which others see in the list of processes: "
                                + "put it into PGPASSWORD or ~/.pgpass",
                        null);
            }
            String database = uri.getRawPath();
            if (uri.getHost() == null || database == null || database.length() < 2) {
                throw invalid(text, "must name a host and a database, as in postgresql://db.example:5432/app", null);
            }
            String[] parameters = uri.getRawQuery() == null
                    ? new String[0]
                    : uri.getRawQuery().split("&");
            String url =
                    "jdbc:postgresql://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + database;
            checkNames(parameters, text.replaceFirst("[?].*", "?..."), url);
            String schema = Stream.of(parameters)
                    .filter(parameter -> parameter.startsWith("schema="))
                    .map(parameter -> URLDecoder.decode(parameter.substring("schema=".length()), UTF_8))
                    .findFirst()
                    .orElse(PostgresOptions.defaults().schema());
            String rest = Arrays.stream(parameters)
                    .filter(parameter -> !parameter.startsWith("schema="))
                    .collect(Collectors.joining("&", "?", ""));
            return new PostgresSchema(text, url + rest, user, schema);
        }

        /** The driver ignores what it does not know; a schema that is spelt wrong would be another store. */
        private static void checkNames(String[] parameters, String shown, String url) {
            Set<String> names = new HashSet<>();
            for (String parameter : parameters) {
                String name = parameter.replaceFirst("=.*", "");
                if (name.toLowerCase(Locale.ROOT).endsWith("password")) {
                    throw invalid(
                            shown,
                            "must have no parameter " + name + ", which others see in the list of processes: "
                                    + "put the password into PGPASSWORD or ~/.pgpass",
                            null);
                }
                if (!names.add(name)) {
                    throw invalid(shown, "must have the parameter " + name + " once at most", null);
                }
            }
            names.remove("schema");
            names.removeAll(driverParameters(url));
            if (!names.isEmpty()) {
                throw invalid(
                        shown,
                        "has parameters that are neither schema nor known to the driver: "
                                + String.join(", ", new TreeSet<>(names)),
                        null);
            }
        }

        private static Set<String> driverParameters(String url) {
            try {
                return Stream.of(DriverManager.getDriver(url).getPropertyInfo(url, new Properties()))
                        .map(known -> known.name)
                        .collect(Collectors.toSet());
            } catch (SQLException e) {
                throw new IllegalStateException("the driver of PostgreSQL is missing", e);
            }
        }

        private static InvalidFieldException invalid(String text, String problem, @Nullable Exception cause) {
            return cause == null
                    ? new InvalidFieldException("--store", text, problem)
                    : new InvalidFieldException("--store", text, problem, cause);
        }
    }
}
