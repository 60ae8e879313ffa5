package dev.meerkat.client.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.MeerkatException;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.fault.HostileArena;
import dev.meerkat.client.fault.HostileServer.Way;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChildChannelTest {
    private static final Duration BRIEF = Duration.ofMillis(100);
    private static final ChildChannel.Patience LITTLE = new ChildChannel.Patience(BRIEF, BRIEF, BRIEF);
    private static final ChildChannel.Patience MUCH =
            new ChildChannel.Patience(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20));

    private static ChildChannel started(Way way, ChildChannel.Patience patience) throws IOException {
        ChildChannel channel = new ChildChannel(HostileArena.child(way), 64, patience);
        channel.open(Duration.ofSeconds(1));
        if (way != Way.EXIT_AT_ONCE) {
            answer(channel);
        }
        return channel;
    }

    /** Waits until the child speaks. */
    private static void answer(ChildChannel channel) throws IOException {
        channel.write("{\"id\":1,\"method\":\"initialize\"}\n".getBytes(StandardCharsets.UTF_8));
        assertThat(new LineReader(channel.input(), 1 << 20).next()).isNotNull();
    }

    /** All processes that this one has started, and those that they have. */
    private static List<ProcessHandle> family() {
        try (Stream<ProcessHandle> all = ProcessHandle.current().descendants()) {
            return all.toList();
        }
    }

    private static void assertEnded(List<ProcessHandle> processes) {
        for (ProcessHandle process : processes) {
            assertThat(process.onExit()).succeedsWithin(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void aChildEndsWithItsInput() throws Exception {
        ChildChannel channel = started(Way.NONE, MUCH);
        List<ProcessHandle> family = family();
        assertThat(family).hasSize(1);
        channel.close();

        assertThat(family.get(0).isAlive()).isFalse();
        assertThat(channel.lastWords(BRIEF)).contains("exit code is 0");
        channel.close();
    }

    @Test
    void aChildThatDoesNotEndWithItsInputIsTold() throws Exception {
        ChildChannel channel = started(Way.DEAF, new ChildChannel.Patience(BRIEF, BRIEF, Duration.ofSeconds(20)));
        List<ProcessHandle> family = family();
        channel.close();

        assertThat(family).hasSize(1);
        assertThat(family.get(0).isAlive()).isFalse();
    }

    @Test
    void aChildThatDoesNotListenIsKilled() throws Exception {
        ChildChannel channel = started(Way.STUBBORN, LITTLE);
        List<ProcessHandle> family = family();
        channel.close();

        assertThat(family).hasSize(1);
        assertEnded(family);
    }

    @Test
    void whatAChildHasStartedEndsWithIt() throws Exception {
        ChildChannel channel = started(Way.PARENT, LITTLE);
        List<ProcessHandle> family = family();
        channel.close();

        assertThat(family).hasSize(2);
        assertEnded(family);
    }

    @Test
    void anInterruptedCloseKillsAtOnceAndStaysInterrupted() throws Exception {
        ChildChannel channel = started(Way.STUBBORN, MUCH);
        List<ProcessHandle> family = family();
        Thread.currentThread().interrupt();
        channel.close();

        assertThat(Thread.interrupted()).isTrue();
        assertEnded(family);
    }

    @Test
    void lastWordsAreTheEndOfStandardErrorAndTheExitCode() throws Exception {
        ChildChannel channel = started(Way.EXIT_AT_ONCE, MUCH);
        assertThat(channel.input().read()).isEqualTo(-1);

        assertThat(channel.lastWords(Duration.ofSeconds(20)))
                .isEqualTo("; its exit code is 3; its standard error ends with:\npanicked: the store is on fire");
        channel.close();
    }

    @Test
    void aChannelThatWasClosedStartsNothing() {
        ChildChannel channel = new ChildChannel(HostileArena.child(Way.NONE), 64);
        channel.close();

        assertThatThrownBy(() -> channel.open(Duration.ofSeconds(1))).isInstanceOf(ServerUnreachableException.class);
        assertThat(family()).isEmpty();
        assertThat(channel.lastWords(BRIEF)).isEmpty();
    }

    @Test
    void aProgramThatCannotBeStartedIsATypedError() {
        ChildCommand command =
                new ChildCommand(HostileArena.testClasses().resolve("absent"), Map.of(), List.of(), Map.of());

        assertThatThrownBy(() -> new ChildChannel(command, 64).open(Duration.ofSeconds(1)))
                .isInstanceOf(ServerUnreachableException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void childrenEndWithTheProcessThatHasStartedThem() throws Exception {
        String classes = String.join(
                File.pathSeparator,
                HostileArena.testClasses().toString(),
                location(ChildChannel.class),
                location(LineReader.class),
                location(MeerkatException.class));
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classes,
                        ForgetfulParent.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            long child = Long.parseLong(parent.inputReader().readLine());
            assertThat(parent.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(ProcessHandle.of(child)
                            .map(handle -> handle.onExit()
                                    .orTimeout(20, TimeUnit.SECONDS)
                                    .join()))
                    .satisfiesAnyOf(
                            ended -> assertThat(ended).isEmpty(),
                            ended -> assertThat(ended.orElseThrow().isAlive()).isFalse());
        } finally {
            parent.destroyForcibly();
        }
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** Starts a child that would outlive it, and forgets to close it. */
    static final class ForgetfulParent {
        private ForgetfulParent() {}

        public static void main(String[] args) throws Exception {
            ChildChannel channel = started(Way.DEAF);
            System.out.println(
                    ProcessHandle.current().children().findFirst().orElseThrow().pid());
            System.out.flush();
            System.exit(channel.name().isEmpty() ? 1 : 0);
        }

        private static ChildChannel started(Way way) throws IOException {
            ChildChannel channel = new ChildChannel(
                    new ChildCommand(
                            Path.of(System.getProperty("java.home"), "bin", "java"),
                            Map.of(),
                            List.of(
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    "dev.meerkat.client.fault.HostileServer",
                                    way.name()),
                            Map.of()),
                    64);
            channel.open(Duration.ofSeconds(1));
            channel.write("{\"id\":1,\"method\":\"initialize\"}\n".getBytes(StandardCharsets.UTF_8));
            if (new LineReader(channel.input(), 1 << 20).next() == null) {
                throw new IOException("the child has ended");
            }
            return channel;
        }
    }
}
