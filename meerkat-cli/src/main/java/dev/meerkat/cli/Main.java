package dev.meerkat.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/** The process of the command {@code meerkat}. */
public final class Main {
    private Main() {}

    /**
     * Runs the command line, and ends the process with its exit code.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        // Without charset, a process without locale could write only ASCII.
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        // What a library prints must not stand between the answers.
        System.setOut(err);
        Surroundings surroundings = new Surroundings(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                out,
                err,
                Boolean.getBoolean("meerkat.terminal"),
                System.getenv(),
                () -> UUID.randomUUID().toString());
        if (List.of(args).contains("--realm")) {
            loadSqlite();
        }
        Stop.run(() -> Cli.run(surroundings, args));
    }

    /** It takes about as long to load as all else together, so it is loaded beside that. */
    private static void loadSqlite() {
        Thread loader = new Thread(
                () -> {
                    try {
                        SQLiteJDBCLoader.initialize();
                    } catch (Exception e) {
                        // Whoever opens a store hears of it.
                        LoggerFactory.getLogger(Main.class).debug("SQLite cannot be loaded beforehand", e);
                    }
                },
                "meerkat-load-sqlite");
        loader.setDaemon(true);
        loader.start();
    }
}
