package dev.meerkat.cli;

import com.zaxxer.hikari.HikariDataSource;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.StoreInUseException;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.store.sqlite.SqliteReport;
import dev.meerkat.store.sqlite.SqliteStore;
import dev.meerkat.store.sqlite.internal.PrivateFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks for what could keep Meerkat from working. */
@Command(
        name = "doctor",
        description =
                "Checks what the other commands need, and says what to do about each problem. Ends with 1 if there is one.")
final class DoctorCommand implements Callable<Integer>, StoreAddress.Checks {
    private static final int OLDEST_JAVA = 17;

    private final Surroundings surroundings;
    private boolean healthy = true;

    @Option(
            names = "--store",
            paramLabel = "FILE|URL",
            converter = StoreAddress.Converter.class,
            description = {
                "Check this store: a file, or a schema of a database at",
                "postgresql://[USER@]HOST[:PORT]/DATABASE[?schema=SCHEMA], of which nodes, leases and promises are told."
            })
    @Nullable
    StoreAddress store;

    @Option(
            names = "--repair",
            description = {
                "Open and close the store's file, if nothing of it is damaged: makes what its logs have, deletes the rest of",
                "deleted sessions, and adds checksums. Without this, the file and those beside it are not changed."
            })
    boolean repair;

    @Option(names = "--server", paramLabel = "URL", description = "Check that this server answers.")
    @Nullable
    String server;

    @Option(
            names = "--port",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Check that this address can be listened on; may be repeated.")
    List<HostPort> ports = List.of();

    @Mixin
    final Options.RealmStore realm = new Options.RealmStore();

    @Mixin
    final Options.Token token = new Options.Token();

    @Mixin
    final Options.Form form = new Options.Form();

    /** One look. */
    @FunctionalInterface
    private interface Check {
        /** Says what it found. */
        String run() throws IOException, InterruptedException, Problem;
    }

    /** What is wrong, and what to do. */
    static final class Problem extends Exception {
        private static final long serialVersionUID = 1L;

        private final String todo;

        Problem(String message, String todo) {
            super(message);
            this.todo = todo;
        }
    }

    /**
     * What one look has found.
     *
     * @param check what was looked at
     * @param found what there is
     * @param toDo what to do about it, or empty if all is well
     * @param details the same for scripts
     */
    record Finding(String check, String found, Optional<String> toDo, Optional<Documents.Raw> details) {}

    DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        check("java", this::java);
        try {
            StoreAddress standard = new StoreAddress.SqliteFile(
                    Realms.standardRoot(surroundings).resolve("meerkat.db"));
            realm.store(store, surroundings).orElse(standard).check(this);
        } catch (IOException e) {
            check("directory", () -> {
                throw new Problem(String.valueOf(e.getMessage()), "or give another --state-root");
            });
        }
        for (HostPort port : ports) {
            check("port", () -> port(port));
        }
        if (server != null) {
            String url = server;
            check("server", () -> server(url));
        }
        return healthy ? ExitCode.OK : ExitCode.FAILED;
    }

    @Override
    public void database(StoreAddress.PostgresSchema schema) throws InterruptedException {
        try (HikariDataSource pool = schema.pool(surroundings)) {
            new DatabaseDoctor(pool, schema.schema()).look().forEach(this::tell);
        } catch (MeerkatException e) {
            tell(new Finding(
                    "store",
                    Failures.describe(e),
                    Optional.of("start the database, or correct the address, the role or the password"),
                    Optional.empty()));
        }
    }

    @Override
    public void file(Path file) throws InterruptedException {
        Path directory = existing(file.toAbsolutePath().getParent());
        check("directory", () -> directory(directory));
        check("sync", () -> sync(directory));
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            check("permissions", () -> permissions(file));
            check("store", () -> store(file));
        }
    }

    private void check(String name, Check check) throws InterruptedException {
        String result;
        Optional<String> todo = Optional.empty();
        try {
            result = check.run();
        } catch (Problem e) {
            result = String.valueOf(e.getMessage());
            todo = Optional.of(e.todo);
        } catch (IOException | MeerkatException e) {
            result = Failures.describe(e);
            todo = Optional.of("see the message");
        }
        tell(new Finding(name, result, todo, Optional.empty()));
    }

    private void tell(Finding finding) {
        boolean ok = finding.toDo().isEmpty();
        healthy &= ok;
        String advice = finding.toDo().map(text -> " -> " + text).orElse("");
        form.output(surroundings)
                .row(
                        () -> (ok ? "ok       " : "problem  ") + finding.check() + ": " + finding.found() + advice,
                        () -> Documents.object(
                                "check",
                                finding.check(),
                                "ok",
                                ok,
                                "found",
                                finding.found(),
                                "to_do",
                                finding.toDo(),
                                "details",
                                finding.details()));
    }

    private String java() throws Problem {
        int version = Runtime.version().feature();
        if (version < OLDEST_JAVA) {
            throw new Problem("Java " + version, "install Java " + OLDEST_JAVA + " or newer and set JAVA_HOME");
        }
        return "Java " + Runtime.version() + " in " + System.getProperty("java.home");
    }

    private static Path existing(@Nullable Path directory) {
        Path at = directory;
        while (at != null && !Files.exists(at)) {
            at = at.getParent();
        }
        return at == null ? Path.of(".").toAbsolutePath() : at;
    }

    private static String directory(Path directory) throws Problem {
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new Problem(
                    directory + " is no directory that this user may write to",
                    "change its owner or permissions, or give another --store or --state-root");
        }
        return directory + " can be written to";
    }

    private static String sync(Path directory) throws Problem {
        Path probe = null;
        try {
            probe = Files.createTempFile(directory, "meerkat-doctor", ".tmp");
            try (FileChannel channel = FileChannel.open(probe, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {1}));
                channel.force(true);
            }
            return "data reaches the disk in " + directory;
        } catch (IOException e) {
            throw new Problem("a file in " + directory + " cannot be synced: " + e, "use a local disk with room");
        } finally {
            delete(probe);
        }
    }

    private static void delete(@Nullable Path probe) {
        try {
            if (probe != null) {
                Files.deleteIfExists(probe);
            }
        } catch (IOException e) {
            // A probe of one byte may stay.
        }
    }

    private static String permissions(Path file) throws IOException, Problem {
        Optional<String> unsafe = PrivateFiles.problem(file);
        if (unsafe.isPresent()) {
            throw new Problem(file + " is not safe", "it " + unsafe.get());
        }
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return "not known on this file system";
        }
        boolean open = Files.getPosixFilePermissions(file).stream()
                .anyMatch(p -> p == PosixFilePermission.OTHERS_READ || p == PosixFilePermission.OTHERS_WRITE);
        Path directory = file.toAbsolutePath().getParent();
        boolean reachable = directory == null
                || Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_EXECUTE);
        if (open && reachable) {
            throw new Problem(file + " can be read by other users", "chmod o-rw " + file);
        }
        return file + " is closed to other users";
    }

    /** Looks at a copy, so that nothing is changed, also not what a crash has left. */
    private String store(Path file) throws Problem {
        try {
            List<StoreCheck> checks = new ArrayList<>();
            SqliteReport report = SqliteStore.inspect(file, copy -> checks.add(StoreCheck.of(copy)));
            List<String> problems = checks.stream()
                    .filter(check -> !check.problems().isEmpty())
                    .map(DoctorCommand::unreadable)
                    .collect(Collectors.toCollection(ArrayList::new));
            problems.addAll(report.problems());
            if (!problems.isEmpty()) {
                problems.addAll(report.repairable());
                throw new Problem(
                        String.join("; ", problems),
                        "restore it from a backup, or keep what sqlite3's .recover finds; sessions that can be read go on");
            }
            if (!report.repairable().isEmpty() && !repair) {
                throw new Problem(
                        String.join("; ", report.repairable()),
                        "restore it from a backup if you doubt its pages, or else add --repair");
            }
            List<String> found = new ArrayList<>();
            found.add(file + " can be locked, and " + readable(checks.get(0)));
            found.addAll(report.notes());
            if (repair) {
                SqliteStore.open(file).close();
                found.add("it was opened and closed, which mends all that needs it");
            }
            return String.join("; ", found);
        } catch (MeerkatException e) {
            throw new Problem(
                    Failures.describe(e).lines().findFirst().orElse(""),
                    e instanceof StoreInUseException
                            ? "ask the server that has it, with --server, or stop that server"
                            : "change what it names, or give another file; if it is damaged, restore it from a backup");
        }
    }

    /** Names the sessions that cannot be read. */
    static String unreadable(StoreCheck check) {
        return check.problems().size() + " of " + check.sessions() + " sessions cannot be read: "
                + String.join("; ", check.problems());
    }

    static String readable(StoreCheck check) {
        return "its " + check.sessions() + " live sessions can be read" + deadLetters(check.deadLetters());
    }

    /** They keep nothing from working, and somebody has to look at them. */
    private static String deadLetters(int count) {
        return switch (count) {
            case 0 -> "";
            case 1 -> "; there is 1 dead letter: see meerkat dead-letters";
            default -> "; there are " + count + " dead letters: see meerkat dead-letters";
        };
    }

    private static String port(HostPort port) throws Problem {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(port.host()), port.port()));
            return port.text() + " is free";
        } catch (IOException e) {
            throw new Problem(
                    port.text() + " cannot be listened on: " + e.getMessage(),
                    "stop what listens there, or take port 0");
        }
    }

    private String server(String url) throws InterruptedException, Problem {
        try (Place place = Places.remote(url, realm.realm(), token.read(surroundings))) {
            RemoteMeerkat remote = (RemoteMeerkat) place.meerkat();
            List<String> problems = remote.checkHealth();
            if (!problems.isEmpty()) {
                throw new Problem(
                        url + " answers, but not all is well there: " + String.join("; ", problems),
                        "see its log; what it cannot write now it takes again by itself when the cause has passed");
            }
            int deadLetters = remote.capabilities().has(Capability.DEAD_LETTERS) ? DeadLettersCommand.count(remote) : 0;
            return url + " answers and speaks contract " + remote.contractVersion() + deadLetters(deadLetters);
        } catch (MeerkatException e) {
            throw new Problem(Failures.describe(e), "start the server, or correct the address or the token");
        }
    }
}
