package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Records what a process does to the files of its store, makes states of the disk that a loss of power may leave, opens
 * each, and looks for all that was acknowledged. Needs Linux and a C compiler.
 */
@Tag("heavy")
class PowerLossTest {
    private static final int STATES = Integer.getInteger("meerkat.power.states", 200);
    /** Enough to meet each fault that is planted. */
    private static final int STATES_WITH_FAULT = 400;

    private static final int RECOVERIES = Math.max(3, STATES / 100);

    private static final long CHILD_MINUTES = 5;
    private static final int KEYS_TRIED = 4;
    private static final int THREADS = 2;
    /** One of so many states is opened a second time. */
    private static final int TWICE = 4;

    private static final long SEED = 20261130;

    @TempDir
    Path directory;

    private Path library;
    private MemoryPlace states;

    @BeforeEach
    void choosePlace() throws IOException {
        states = MemoryPlace.open();
    }

    @AfterEach
    void leavePlace() throws IOException {
        states.close();
    }

    @BeforeEach
    void compile() throws Exception {
        library = directory.resolve("record.so");
        Path source = directory.resolve("record.c");
        try (InputStream in = PowerLossTest.class.getResourceAsStream("power/record.c")) {
            Files.copy(in, source);
        }
        boolean compiled = File.separatorChar == '/'
                && run(new ProcessBuilder(
                        "cc",
                        "-O1",
                        "-shared",
                        "-fPIC",
                        "-o",
                        library.toString(),
                        source.toString(),
                        "-ldl",
                        "-lpthread"));
        Assumptions.assumeTrue(compiled, "this test needs Linux and a C compiler");
    }

    private static boolean run(ProcessBuilder command) throws InterruptedException {
        try {
            Process process = command.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                return process.waitFor(CHILD_MINUTES, TimeUnit.MINUTES) && process.exitValue() == 0;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return false;
        }
    }

    private RecordedDisk record(String fault) throws Exception {
        return record(Files.createDirectory(directory.toRealPath().resolve("work")), fault, "");
    }

    private RecordedDisk record(Path work, String fault, String end) throws Exception {
        Path record = directory.resolve("record of " + work.getFileName());
        RecordedDisk.Before before = RecordedDisk.Before.of(work);
        ProcessBuilder child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(
                        File.pathSeparator,
                        Path.of("target", "classes").toAbsolutePath().toString(),
                        Path.of("target", "test-classes").toAbsolutePath().toString(),
                        System.getProperty("java.class.path"),
                        System.getProperty("jdk.module.path", "")),
                PowerLossChild.class.getName(),
                work.toString(),
                fault,
                end);
        child.environment().put("LD_PRELOAD", library.toString());
        child.environment().put("RECORD_DIRECTORY", work.toString());
        child.environment().put("RECORD_TO", record.toString());
        assertThat(run(child)).as("the child ended well").isTrue();
        return new RecordedDisk(work, before, record);
    }

    /** Opens a state, and says what is wrong with it; empty if nothing is. */
    private List<String> audit(RecordedDisk disk, int moment, Random random) {
        try {
            return audit(disk, moment, random, disk.written(PowerLossChild.NOTES, moment));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> audit(RecordedDisk disk, int moment, Random random, String notes) throws IOException {
        Path state = Files.createTempDirectory(states.path(), "state " + moment + "-");
        disk.crash(moment, random, state);
        return audit(state, notes, 2);
    }

    /** Opens a state; the second time, it is what the recovery left. */
    private static List<String> audit(Path state, String notes, int times) throws IOException {
        try {
            List<String> problems = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                problems.addAll(audit(state.resolve("store.db"), notes));
            }
            return problems;
        } finally {
            MemoryPlace.delete(state);
        }
    }

    private static List<String> audit(Path file, String notes) {
        Map<String, SessionId> sessions = new HashMap<>();
        Map<String, Long> acknowledged = new HashMap<>();
        notes.lines().map(line -> line.split(" ")).forEach(note -> {
            if (note[0].equals("session")) {
                sessions.put(note[1], new SessionId(UUID.fromString(note[2])));
            } else {
                acknowledged.merge(note[0] + note[1], Long.valueOf(note[2]), Math::max);
            }
        });
        List<String> problems = new ArrayList<>();
        try (SqliteStore store = SqliteStore.open(file)) {
            sessions.forEach((name, id) -> {
                problems.addAll(atomicity(store, name, id));
                problems.addAll(time(
                        store,
                        name,
                        id,
                        acknowledged.getOrDefault("schedule" + name, 0L),
                        acknowledged.getOrDefault("request" + name, 0L)));
                long steps = acknowledged.getOrDefault("step" + name, 0L);
                long events = acknowledged.getOrDefault("event" + name, 0L);
                long version = store.load(id)
                        .map(stored -> stored.standing().version())
                        .orElse(-1L);
                List<Long> found = store.waiting(id, Track.EXTERNAL, 0, 10_000).stream()
                        .map(PowerLossTest::number)
                        .toList();
                List<Long> whole =
                        Stream.iterate(1L, n -> n + 1).limit(found.size()).toList();
                if (version < steps || found.size() < events || !found.equals(whole)) {
                    problems.add("session " + name + ": " + steps + " steps and " + events
                            + " events acknowledged, but " + version + " and " + found);
                }
            });
        } catch (RuntimeException e) {
            problems.add("it cannot be opened: " + e);
        }
        return problems;
    }

    /** What is due later, in order of time, as it was acknowledged; a request and its deadline are there together. */
    private static List<String> time(
            SqliteStore store, String name, SessionId id, long acknowledgedSchedules, long acknowledgedRequests) {
        List<Instant> schedules = store.schedules(id, null, 10_000).stream()
                .map(stored -> stored.schedule().next())
                .toList();
        List<Instant> deadlines = store.deadlines(null, 10_000).stream()
                .filter(request -> request.requester().equals(id))
                .map(request -> request.deadline().orElseThrow())
                .toList();
        int requests = store.waiting(id, Track.QUEUED, 0, 10_000).size();
        return schedules.size() >= acknowledgedSchedules
                        && requests >= acknowledgedRequests
                        && deadlines.size() == requests
                        && schedules.equals(seconds(schedules.size()))
                        && deadlines.equals(seconds(requests))
                ? List.of()
                : List.of("session " + name + ": " + acknowledgedSchedules + " schedules and " + acknowledgedRequests
                        + " requests acknowledged, but " + schedules + ", " + requests + " and " + deadlines);
    }

    private static List<Instant> seconds(int count) {
        return Stream.iterate(Script.AT, at -> at.plusSeconds(1)).limit(count).toList();
    }

    /** A step and what it sends are there together, and so are an event and its key. */
    private static List<String> atomicity(SqliteStore store, String name, SessionId id) {
        List<String> problems = new ArrayList<>();
        long version = store.load(id).map(stored -> stored.standing().version()).orElse(0L);
        List<Long> sent = store.outbox(id, 0, 10_000).stream()
                .map(outgoing -> ((CommsCommand.PeerMessage) outgoing.envelope().command()).body())
                .map(Long::valueOf)
                .toList();
        if (!sent.equals(Stream.iterate(0L, n -> n + 1).limit(version).toList())) {
            problems.add("session " + name + ": after " + version + " steps, the outbox has " + sent);
        }
        List<Waiting> events = store.waiting(id, Track.EXTERNAL, 0, 10_000);
        for (Waiting last : events.subList(Math.max(0, events.size() - KEYS_TRIED), events.size())) {
            NewInput again = new NewInput(
                    new InputId(UUID.randomUUID()),
                    Script.AT,
                    Track.EXTERNAL,
                    last.input().body());
            try {
                AppendResult result = Script.done(Script.append(store, id, again));
                if (!(result instanceof AppendResult.Duplicate)) {
                    problems.add("session " + name + ": the key of event " + last.number() + " is not known");
                }
            } catch (ExecutionException e) {
                problems.add("session " + name + ": " + e.getCause());
            }
        }
        return problems;
    }

    private static long number(Waiting waiting) {
        ExternalEvent event = ((InputBody.External) waiting.input().body()).event();
        return Long.parseLong(event.payload().as(String.class).split(" ")[0]);
    }

    @Test
    void whatWasAcknowledgedSurvivesEveryLossOfPower() throws Exception {
        RecordedDisk disk = record("none");
        List<Integer> moments = new Random(SEED)
                .ints(STATES, 1, disk.operations() + 1)
                .sorted()
                .boxed()
                .toList();
        ExecutorService audits = Executors.newFixedThreadPool(THREADS);
        Semaphore room = new Semaphore(2 * THREADS);
        List<Future<List<String>>> found = new ArrayList<>();
        for (int i = 0; i < STATES; i++) {
            Random random = new Random(SEED + i);
            int moment = moments.get(i);
            Path state = Files.createTempDirectory(states.path(), "state " + moment + "-");
            disk.crash(moment, random, state);
            String notes = disk.written(PowerLossChild.NOTES, moment);
            int times = i % TWICE == 0 ? 2 : 1;
            room.acquire();
            found.add(audits.submit(() -> {
                try {
                    return audit(state, notes, times);
                } finally {
                    room.release();
                }
            }));
        }
        audits.shutdown();
        int opened = 0;
        for (Future<List<String>> audit : found) {
            assertThat(audit.get(CHILD_MINUTES, TimeUnit.MINUTES))
                    .as("state %s, after operation %s", opened, moments.get(opened))
                    .isEmpty();
            opened++;
        }
        System.out.println("lost power in " + opened + " states of " + disk.operations() + " operations");
        assertThat(opened).isEqualTo(STATES).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"closed", "not closed"})
    void aRecoveryThatLosesPowerTooIsRecoveredFrom(String end) throws Exception {
        RecordedDisk disk = record("none");
        Random random = new Random(SEED);
        int opened = 0;
        for (int i = 0; i < RECOVERIES; i++) {
            int moment = disk.operations() * (i + 1) / (RECOVERIES + 1);
            Path work = Files.createDirectory(directory.toRealPath().resolve("recovered " + i));
            disk.crash(moment, random, work);
            RecordedDisk recovery = record(work, PowerLossChild.RECOVERY, end);
            String notes = disk.written(PowerLossChild.NOTES, moment);
            for (int again = 1; again <= recovery.operations(); again += 1 + random.nextInt(3)) {
                assertThat(audit(recovery, again, random, notes))
                        .as("recovery %s, after operation %s", i, again)
                        .isEmpty();
                opened++;
            }
        }
        System.out.println("lost power in " + opened + " states of " + RECOVERIES + " recoveries");
        assertThat(opened).isGreaterThan(RECOVERIES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no sync",
                "acknowledged before the sync",
                "watermark ahead",
                "outbox before the commit",
                "key after its event",
                "resumed past a torn record"
            })
    void aFaultThatIsPlantedIsFound(String fault) throws Exception {
        RecordedDisk disk = record(fault);
        Random random = new Random(SEED);
        int opened = 0;
        List<String> problems = List.of();
        while (problems.isEmpty() && opened < STATES_WITH_FAULT) {
            opened++;
            problems = audit(disk, 1 + random.nextInt(disk.operations()), random);
        }
        String problem = String.join("; ", problems);
        System.out.println(
                fault + ": found in state " + opened + ": " + problem.substring(0, Math.min(200, problem.length())));
        assertThat(problems).isNotEmpty();
    }
}
