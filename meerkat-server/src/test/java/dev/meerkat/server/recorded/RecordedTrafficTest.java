package dev.meerkat.server.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each request that was recorded with a real server is put to ours on the same line. Answers and events have the same
 * shape, but for what {@code permitted.txt} lists with its reason; and what it lists is so.
 */
@Timeout(120)
class RecordedTrafficTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "own-rpc-stdio-0.9.8",
                "own-rpc-tcp-0.9.8",
                "own-rpc-held-0.9.8",
                "rpc-0.9.8",
                "own-rpc-stdio-0.6.34",
                "own-rpc-tcp-0.6.34",
                "own-rpc-held-0.6.34"
            })
    void answersAndNotificationsOfJsonRpcAreThoseOfTheRealServer(String name, @TempDir Path directory)
            throws Exception {
        Set<String> found = new TreeSet<>();
        new RpcReplay(Recording.of(name), directory, found::add).play();
        check(name, found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"own-rest-0.9.8", "rest-0.9.8", "own-rest-0.6.34"})
    void answersAndStreamsOfRestAreThoseOfTheRealServer(String name, @TempDir Path directory) throws Exception {
        Set<String> found = new TreeSet<>();
        new RestReplay(Recording.of(name), directory, found::add).play();
        check(name, found);
    }

    private static void check(String name, Set<String> found) {
        List<Permitted> permitted = Permitted.all().stream()
                .filter(each -> each.recordings().test(name))
                .toList();
        assertThat(found)
                .as("differences from the recorded server")
                .allMatch(difference ->
                        permitted.stream().anyMatch(each -> each.difference().test(difference)));
        assertThat(permitted)
                .as("what is permitted, is so")
                .allMatch(each -> found.stream().anyMatch(each.difference()));
    }
}
