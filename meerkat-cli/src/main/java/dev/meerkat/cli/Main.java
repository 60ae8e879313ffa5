package dev.meerkat.cli;

import dev.meerkat.store.sqlite.SqliteStore;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.List;
import java.util.UUID;

/** The process of the command {@code meerkat}. */
public final class Main {
    private Main() {}

    /**
     * Runs the command line, and ends the process with its exit code.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Terminal out = new Terminal(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        Terminal err = new Terminal(new FileOutputStream(FileDescriptor.err));
        // What a library prints must not stand between the answers, and log lines may hold what others wrote.
        System.setOut(err);
        System.setErr(err);
        Programs programs = new Programs(UUID.randomUUID().toString());
        Surroundings surroundings = new Surroundings(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                out,
                err,
                Boolean.getBoolean("meerkat.terminal"),
                System.getenv(),
                () -> UUID.randomUUID().toString(),
                programs);
        if (List.of(args).contains("--realm")) {
            loadSqlite();
        }
        Stop.run(() -> Cli.run(surroundings, args), programs::killAll);
    }

    /** It takes about as long to load as all else together, so it is loaded beside that. */
    private static void loadSqlite() {
        Thread loader = new Thread(SqliteStore::load, "meerkat-load-sqlite");
        loader.setDaemon(true);
        loader.start();
    }
}
