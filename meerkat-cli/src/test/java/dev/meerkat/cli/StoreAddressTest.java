package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class StoreAddressTest {
    private static StoreAddress parse(String text) {
        return new StoreAddress.Converter().convert(text);
    }

    @Test
    void aPathIsAFileOfSqlite() {
        assertThat(parse("dir/postgres.db")).isEqualTo(new StoreAddress.SqliteFile(Path.of("dir/postgres.db")));
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://db/app, jdbc:postgresql://db/app?, , meerkat",
        "postgres://joe@db:5433/app, jdbc:postgresql://db:5433/app?, joe, meerkat",
        "postgresql://db/app?schema=a%20b&sslmode=require, jdbc:postgresql://db/app?sslmode=require, , a b",
    })
    void anAddressOfPostgresqlNamesHostDatabaseRoleAndSchema(String text, String jdbcUrl, String user, String schema) {
        assertThat(parse(text)).isEqualTo(new StoreAddress.PostgresSchema(text, jdbcUrl, user, schema));
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgresql://db", "postgresql://db/", "postgresql:///app", "postgresql://d b/app"})
    void anAddressWithoutHostOrDatabaseIsRefused(String text) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> parse(text))
                .withMessageContaining("--store")
                .withMessageContaining(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://joe:secret@db/app",
                "postgresql://joe:secret@d b/app",
                "postgresql://db/app?password=secret",
                "postgresql://db/app?schema=a&sslpassword=secret"
            })
    void aPasswordInAnAddressIsRefusedAndNotRepeated(String address) {
        Cmd.Result refused = Cmd.run("sessions", "--store", address).failsWith(ExitCode.INVALID, "--store");
        assertThat(refused.err()).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "shema=a, neither schema nor known to the driver: shema",
        "Schema=a&sslmode=require, neither schema nor known to the driver: Schema",
        "schema=a&schema=b, parameter schema once",
    })
    void aParameterThatNobodyWouldReadIsRefused(String parameters, String message) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> parse("postgresql://db/app?" + parameters))
                .withMessageContaining(message);
    }

    @Test
    void theRefusalOfAPasswordSaysWhereItBelongs() {
        Cmd.run("sessions", "--store", "postgresql://joe:secret@db/app").failsWith(ExitCode.INVALID, "PGPASSWORD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "sessions"})
    void aCommandThatNeedsAFileSaysSo(String command) {
        String[] args = command.equals("run")
                ? new String[] {"run", "--store", "postgresql://db/app", "Go."}
                : new String[] {command, "--store", "postgresql://db/app"};
        Cmd.run(args).failsWith(ExitCode.INVALID, "--store", "postgresql://db/app", "is a database");
    }
}
