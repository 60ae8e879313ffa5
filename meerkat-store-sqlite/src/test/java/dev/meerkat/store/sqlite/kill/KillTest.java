package dev.meerkat.store.sqlite.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that admits, handles and forwards events, again and again, and then looks for every
 * acknowledged one. A kill leaves the operating system's cache alone, so this shows that no process
 * death loses or doubles anything; it says nothing of power loss.
 */
@Tag("heavy")
class KillTest {
    private static final int PRODUCERS = 3;
    private static final int MOST_ACKNOWLEDGEMENTS = 60;
    private static final Duration DRAIN = Duration.ofSeconds(60);

    private final Random random = new Random(20261122);
    /** By producer: the last number that the parent has read an acknowledgement of. */
    private final long[] acknowledged = new long[PRODUCERS];

    @TempDir
    Path folder;

    @Test
    void acknowledgedEventsSurviveEveryKillOnceAndInOrder() throws Exception {
        int cycles = Integer.getInteger("meerkat.kill.cycles", 20);
        Path file = folder.resolve("kill.db");
        for (int cycle = 0; cycle < cycles; cycle++) {
            runAndKill(file, 1 + random.nextInt(MOST_ACKNOWLEDGEMENTS));
        }
        assertThat(cycles).isPositive();
        System.out.println(
                "killed " + cycles + " times, " + Arrays.stream(acknowledged).sum() + " events acknowledged");
        audit(file);
    }

    private void runAndKill(Path file, int acknowledgements) throws IOException, InterruptedException {
        Process child = start(
                KillChild.class,
                file,
                Arrays.stream(acknowledged)
                        .mapToObj(last -> Long.toString(last + 1))
                        .toArray(String[]::new));
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            for (int i = 0; i < acknowledgements; i++) {
                read(lines.readLine());
            }
            // By its handle, because destroying the process object would also close what it wrote.
            child.toHandle().destroyForcibly();
            // What was written before the kill was acknowledged too.
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.matches("\\d:\\d+")) {
                    read(line);
                }
            }
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as("killed, not ended by itself").isEqualTo(137);
    }

    /** Starts a process that uses a store, and is to be killed. */
    static Process start(Class<?> program, Path file, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx256m",
                "-cp",
                classPath(),
                program.getName(),
                file.toString()));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** All that this test runs on, whether it came by class path or by module path. */
    static String classPath() {
        return String.join(
                File.pathSeparator,
                Path.of("target", "classes").toAbsolutePath().toString(),
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                System.getProperty("java.class.path"),
                System.getProperty("jdk.module.path", ""));
    }

    private void read(String line) {
        assertThat(line).as("the child ended by itself").isNotNull();
        String[] parts = line.split(":", 2);
        int producer = Integer.parseInt(parts[0]);
        long number = Long.parseLong(parts[1]);
        // A line that the kill cut short has fewer digits, so it cannot run ahead.
        if (number == acknowledged[producer] + 1) {
            acknowledged[producer] = number;
        }
    }

    private void audit(Path file) throws InterruptedException {
        try (SessionStore store = SqliteStore.open(file);
                Meerkat meerkat = KillChild.open(store)) {
            Session sink = meerkat.open(KillChild.SINK);
            Session ledger = meerkat.open(KillChild.LEDGER);
            long admitted = drained(sink, KillTest::event).size();
            List<String> handled = drained(sink, KillTest::event);
            List<String> forwarded = awaitCount(ledger, KillTest::message, admitted);
            for (int producer = 0; producer < PRODUCERS; producer++) {
                List<Long> seen = numbers(handled, producer);
                assertThat(seen.size()).as("none lost").isGreaterThanOrEqualTo((int) acknowledged[producer]);
                List<Long> each = LongStream.rangeClosed(1, seen.size()).boxed().toList();
                assertThat(seen).as("each once, in order").isEqualTo(each);
                assertThat(numbers(forwarded, producer))
                        .as("each forwarded once, in order")
                        .isEqualTo(each);
            }
        }
    }

    /** Lets a session handle what waits; what it has handled then. */
    private static List<String> drained(Session session, Function<InputBody, String> text) throws InterruptedException {
        SessionSnapshot last = session.snapshot();
        // A prompt is handled after everything that was admitted before it, turn by turn.
        while (last.waitingExternal().orElseThrow() > 0 || last.waitingComms().orElseThrow() > 0) {
            assertThat(session.startTurn("go on").await(DRAIN))
                    .as("a turn in time")
                    .isPresent();
            last = session.snapshot();
        }
        return texts(session, text);
    }

    private static List<String> awaitCount(Session session, Function<InputBody, String> text, long count)
            throws InterruptedException {
        List<String> texts = drained(session, text);
        for (int i = 0; texts.size() < count && i < 1_000; i++) {
            assertThat(session.startTurn("look again").await(DRAIN)).isPresent();
            texts = drained(session, text);
        }
        return texts;
    }

    private static List<String> texts(Session session, Function<InputBody, String> text) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        HistoryPage page;
        long offset = 0;
        do {
            page = session.history(offset, 1_000);
            for (TranscriptEntry entry : page.entries()) {
                if (entry instanceof TranscriptEntry.Input input) {
                    String found = text.apply(input.input().body());
                    if (!found.isEmpty()) {
                        texts.add(found);
                    }
                }
            }
            offset += page.entries().size();
        } while (page.hasMore());
        return texts;
    }

    private static String event(InputBody body) {
        return body instanceof InputBody.External external
                ? external.event().payload().as(String.class)
                : "";
    }

    private static String message(InputBody body) {
        return body instanceof InputBody.PeerMessage message ? message.command().body() : "";
    }

    private static List<Long> numbers(List<String> texts, int producer) {
        String prefix = producer + ":";
        return texts.stream()
                .filter(t -> t.startsWith(prefix))
                .map(t -> Long.valueOf(t.substring(prefix.length())))
                .toList();
    }
}
